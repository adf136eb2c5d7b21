internal import Generation
internal import Identifiers

/// Reads the answer from a text in the form that the model's template asks for.
///
/// llama.cpp's parsers take a text from its beginning. So that a long text costs little, it is
/// parsed again only when it has grown by a 32nd since: 150 times for each factor of 100.
struct ChatAnswerReader: AnswerReader {
  private let parser: AnswerParser
  /// The bytes of an echoed prompt that have not come yet.
  private var promptSize: Int
  /// An echoed prompt that came with the beginning of the text.
  private var prompt = ""
  private var text: [UInt8] = []
  private var parsed = 0
  private var answer = AnswerParser.Answer()
  /// The ids of the calls so far.
  private var ids: [Identifier] = []
  /// What came with text that was not parsed yet.
  private var waiting: GenerationDelta?

  /// - Parameter promptSize: of the prompt that comes before the text, in bytes.
  init(_ parser: AnswerParser, promptSize: Int = 0) {
    self.parser = parser
    self.promptSize = promptSize
    // Of a message that is continued, what the caller has given of it.
    if let given = try? parser.answer(in: [], as: .anything) { self.answer = given }
  }

  mutating func read(_ delta: GenerationDelta) throws(GenerationError) -> GenerationDelta? {
    let prompt = delta.text.utf8.prefix(self.promptSize)
    self.promptSize -= prompt.count
    let text = delta.text.utf8.dropFirst(prompt.count)
    if text.isEmpty && delta.tokenCount == 0 { return delta }
    self.prompt += String(decoding: prompt, as: UTF8.self)
    self.text += text
    if self.waiting == nil { self.waiting = delta } else { self.waiting?.append(delta) }
    guard self.text.count - self.parsed > self.text.count / 32 else { return nil }
    self.parsed = self.text.count
    // While a text is not finished, it may be one that the parser cannot read yet.
    guard let answer = try? self.parser.answer(in: self.text, as: .anything) else { return nil }
    return self.delta(to: answer, isLast: false)
  }

  mutating func end(
    _ finished: GenerationFinished
  ) throws(GenerationError) -> (rest: GenerationDelta?, finished: GenerationFinished) {
    var finished = finished
    if let whole = try? self.parser.answer(in: self.text, as: .whole) {
      if !whole.calls.isEmpty && finished.reason == .stop { finished.reason = .toolCalls }
      return (self.delta(to: whole, isLast: true), finished)
    }
    if let part = try? self.parser.answer(in: self.text, as: .beginning) {
      if !part.calls.isEmpty { finished.isIncomplete = true }
      return (self.delta(to: part, isLast: true), finished)
    }
    var last = (try? self.parser.answer(in: self.text, as: .anything)) ?? self.answer
    if last.calls.isEmpty {
      last.content += self.unread(last)
    } else {
      finished.isIncomplete = true
    }
    return (self.delta(to: last, isLast: true), finished)
  }

  /// The end of a text that is not in the form of the model's answers: it is passed on as it is,
  /// rather than lost.
  private func unread(_ answer: AnswerParser.Answer) -> String {
    let read = answer.content.isEmpty ? answer.reasoning : answer.content
    let start = read.isEmpty ? 0 : self.text.ranges(of: Array(read.utf8)).last?.upperBound
    return String(decoding: self.text[(start ?? self.text.count)...], as: UTF8.self)
  }

  /// What the answer has more than the one before.
  private mutating func delta(to new: AnswerParser.Answer, isLast: Bool) -> GenerationDelta? {
    guard var delta = self.waiting ?? (isLast ? GenerationDelta(text: "") : nil) else { return nil }
    delta.text = self.prompt + new.content.rest(after: self.answer.content)
    delta.reasoning = new.reasoning.rest(after: self.answer.reasoning)
    delta.toolCalls = []
    for (index, call) in new.calls.enumerated() where !call.name.isEmpty {
      let isNew = index >= self.ids.count
      if isNew { self.ids.append(call.id.isEmpty ? .newCallID() : Identifier(call.id)) }
      let known =
        self.answer.calls.indices.contains(index) ? self.answer.calls[index].arguments : ""
      let arguments = isNew ? call.arguments : call.arguments.rest(after: known)
      if isNew || !arguments.isEmpty {
        delta.toolCalls.append(
          ToolCallDelta(
            index: index,
            id: isNew ? self.ids[index] : nil,
            name: isNew ? Identifier(call.name) : nil,
            arguments: arguments
          )
        )
      }
    }
    self.answer = new
    let isEmpty = delta.text.isEmpty && delta.reasoning.isEmpty && delta.toolCalls.isEmpty
    if isEmpty && (!isLast || delta.tokenCount == 0) { return nil }
    self.waiting = nil
    self.prompt = ""
    return delta
  }
}

extension String {
  /// What follows a beginning. A parser that has changed its mind about the beginning cannot take
  /// back what was sent: then nothing follows until the text is longer.
  fileprivate func rest(after beginning: String) -> String {
    let rest = self.utf8.dropFirst(beginning.utf8.count)
    return String(decoding: rest.drop { $0 & 0xC0 == 0x80 }, as: UTF8.self)
  }
}

extension Identifier {
  /// An id for a call to which the model gave none.
  fileprivate static func newCallID() -> Identifier {
    let characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return Identifier("call_" + String((0 ..< 24).compactMap { _ in characters.randomElement() }))
  }
}
