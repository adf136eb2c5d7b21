import Foundation
import Generation
import Testing

@testable import LlamaGeneration

/// A text that is cut in pieces becomes the tokens that `llama_tokenize` makes of the whole.
@Suite struct TokenizerTests {
  private let model: LlamaModel

  init() throws {
    self.model = try Vocabularies.ofTestModel.get()
  }

  @Test(arguments: HostileText.all)
  func `a text in pieces has the tokens of the whole`(text: HostileText) async throws {
    try await self.compare(text.text(bytes: 3000), self.model)
  }

  @Test(arguments: 0 ..< 60)
  func `a random text in pieces has the tokens of the whole`(seed: Int) async throws {
    try await self.compare(RandomText(seed: seed).text(characters: 1500), self.model)
  }

  /// With the vocabularies of other models, where there are some: a folder of GGUF files, such as
  /// those in `models` of llama.cpp's sources.
  @Test(arguments: Vocabularies.others)
  func `so it is with other models' vocabularies`(path: String) async throws {
    let model = try LlamaModel(path: path, gpuLayers: 0, vocabularyOnly: true)
    for text in HostileText.all { try await self.compare(text.text(bytes: 3000), model) }
    for seed in 0 ..< 60 {
      try await self.compare(RandomText(seed: seed).text(characters: 1500), model)
    }
  }

  private func compare(_ text: String, _ model: LlamaModel) async throws {
    for parseSpecial in [false, true] {
      let whole = model.tokens(
        of: Array(text.utf8)[...],
        addSpecial: true,
        parseSpecial: parseSpecial
      )
      for size in [150, 400, 1000] {
        let pieces = try await Tokenizer(model, pieceSize: size).tokens(
          of: text,
          parseSpecial: parseSpecial,
          field: "prompt"
        )
        let same = zip(whole, pieces).prefix { $0 == $1 }.count
        #expect(
          same == whole.count && same == pieces.count,
          """
          \(text.prefix(12))... in pieces of \(size) differs from token \(same) on: has \
          \(model.shown(pieces, near: same)), not \(model.shown(whole, near: same))
          """
        )
      }
    }
  }

  @Test func `a text without any place to cut is computed whole, up to a size`() async throws {
    // White space of several kinds: no pattern is certain about it.
    let tokenizer = Tokenizer(self.model)
    let text = String(repeating: " \t\n\r", count: 15_000)
    #expect(
      try await tokenizer.tokens(of: text, parseSpecial: false, field: "prompt")
        == self.model.tokens(of: Array(text.utf8)[...], addSpecial: true, parseSpecial: false)
    )
    let error = await #expect(throws: GenerationError.self) {
      try await tokenizer.tokens(
        of: String(repeating: text, count: 4),
        parseSpecial: false,
        field: "prompt"
      )
    }
    #expect(error?.code == .invalidRequest)
    #expect(error?.message.contains("more than 65536 bytes, from byte 0 on") == true)
  }

  @Test func `more tokens than are of use are not made`() async throws {
    let tokenizer = Tokenizer(self.model)
    // At most 100 bytes a token; then found out on the way.
    for text in [String(repeating: "word ", count: 200_000), "one two three four five"] {
      let error = await #expect(throws: GenerationError.self) {
        try await tokenizer.tokens(of: text, parseSpecial: false, field: "prompt", limit: 4)
      }
      #expect(error?.message.contains("more than") == true, "\(String(describing: error))")
    }
  }

  @Test func `a caller who goes away ends the work`() async throws {
    let tokenizer = Tokenizer(self.model)
    let task = Task {
      try await tokenizer.tokens(
        of: String(repeating: "word and then some ", count: 200_000),
        parseSpecial: false,
        field: "prompt"
      )
    }
    task.cancel()
    let result = await task.result
    #expect(throws: GenerationError.self) { try result.get() }
  }
}

extension LlamaModel {
  fileprivate func shown(_ tokens: [Int32], near index: Int) -> String {
    let part = tokens[max(0, index - 3) ..< min(tokens.count, index + 3)]
    return
      "\(part.map { "\($0) \(String(decoding: self.bytes(of: $0), as: UTF8.self).debugDescription)" })"
  }
}

/// Vocabularies without weights.
enum Vocabularies {
  static let ofTestModel = Result { () throws(LlamaLoadError) in
    try LlamaModel(path: TestModel.path, gpuLayers: 0, vocabularyOnly: true)
  }

  static let others: [String] = {
    guard let folder = ProcessInfo.processInfo.environment["TOKENWIRE_TEST_VOCABULARIES"] else {
      return []
    }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".gguf") }.sorted().map { "\(folder)/\($0)" }
  }()
}
