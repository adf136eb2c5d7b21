import Foundation
import Generation
import Testing

@testable import LlamaGeneration

/// Each of llama.cpp's chat templates renders as transformers does it, or it is known why not.
@Suite(.enabled(if: LlamaFiles.folder != nil)) struct TemplateTests {
  @Test(arguments: TemplateCases.names)
  func `a template renders as transformers does, or it is known why not`(name: String) throws {
    let cases = try TemplateCases.all.get()
    let known = try TemplateCases.differences.get()
    let model = try LlamaFiles.llama2.get()
    let template = try ChatTemplate(model.pointer, source: try LlamaFiles.template(name))
    for (kind, conversation) in cases.conversations.sorted(by: { $0.key < $1.key }) {
      let expected = try #require(cases.templates[name]?[kind])
      let before = Self.text(expected)
      let chat = Result { try model.chat(conversation.conversation, template) }
      let text = (try? chat.get()).map { Array($0.text.utf8) }
      // A date may end meanwhile.
      let isEqual = text == before || text == Self.text(expected)
      let reason = known.templates[name]?[kind]
      #expect(
        isEqual == (reason == nil),
        """
        \(name), \(kind): \(reason == nil ? "differs" : "is equal now")
        \(Self.difference(text, before))
        \((try? chat.get()) == nil ? "\(chat)" : "")
        """
      )
      if let reason { #expect(known.reasons[reason] != nil, "\(reason) is not explained") }
    }
  }

  @Test(
    arguments: [(nil, "medium"), (.high, "high"), (.minimal, "minimal")]
      as [(ReasoningEffort?, String)]
  )
  func `a template that knows efforts gets the request's`(
    effort: ReasoningEffort?,
    word: String
  )
    throws
  {
    let model = try LlamaFiles.llama2.get()
    let source = try LlamaFiles.template("openai-gpt-oss-120b")
    let template = try ChatTemplate(model.pointer, source: source)
    let conversation = Conversation(
      [ChatMessage(role: .user, content: "Hi")],
      reasoningEffort: effort
    )
    let chat = try model.chat(conversation, template)
    #expect(chat.text.contains("Reasoning: \(word)\n"))
  }

  @Test func `only differences of what there is are known`() throws {
    let cases = try TemplateCases.all.get()
    for (name, kinds) in try TemplateCases.differences.get().templates {
      #expect(
        Set(kinds.keys).isSubset(of: Set(cases.templates[name, default: [:]].keys)),
        "\(name)"
      )
    }
  }

  /// With today's dates, and without the text of the token with which this vocabulary begins all
  /// texts, which is added to the tokens.
  private static func text(_ expected: TemplateCases.Expected) -> [UInt8]? {
    guard var text = expected.text else { return nil }
    var now = time(nil)
    var today = tm()
    localtime_r(&now, &today)
    for match in text.matches(of: /<strftime ([^>]*)>/).reversed() {
      let date = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 100) { buffer in
        let count = strftime(buffer.baseAddress, buffer.count, String(match.1), &today)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
      text.replaceSubrange(match.range, with: date)
    }
    return Array((text.hasPrefix("<s>") ? String(text.dropFirst(3)) : text).utf8)
  }

  private static func difference(_ text: [UInt8]?, _ expected: [UInt8]?) -> String {
    guard let text else { return "it is refused" }
    guard let expected else { return "it is not refused: \(String(decoding: text, as: UTF8.self))" }
    let same = zip(text, expected).prefix { $0 == $1 }.count
    func excerpt(_ text: [UInt8]) -> String {
      String(decoding: text[max(0, same - 60) ..< min(text.count, same + 160)], as: UTF8.self)
        .debugDescription
    }
    return "has  \(excerpt(text))\nnot  \(excerpt(expected))"
  }
}
