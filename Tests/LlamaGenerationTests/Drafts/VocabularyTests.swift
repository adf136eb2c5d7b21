import Foundation
import Testing

@testable import LlamaGeneration

/// Which models may draft for which.
@Suite struct VocabularyTests {
  private let model: LlamaModel

  init() throws {
    self.model = try Vocabularies.ofTestModel.get()
  }

  @Test func `a model may draft for itself`() {
    #expect(self.model.vocabularyDifference(from: self.model) == nil)
  }

  @Test(
    .enabled(if: LlamaFiles.folder != nil),
    arguments: [
      ("llama-spm", "it is of the type SPM, not BPE"),
      ("llama-bpe", "it puts token 128000 before each text, not nothing"),
      ("gpt-2", "it has 50257 tokens, not 49152"),
      ("starcoder", "its token 5 is \"<repo_name>\", not \"<file_sep>\""),
    ]
  )
  func `a model with another vocabulary may not, and what differs is said`(
    name: String,
    difference: String
  ) throws {
    let other = try LlamaFiles.vocabulary(name).get()
    #expect(self.model.vocabularyDifference(from: other) == difference)
  }

  @Test func `a draft model with other tokens is refused at the start`() throws {
    var file = try Data(contentsOf: URL(fileURLWithPath: TestModel.path))
    let token = try #require(file.range(of: Data("\u{0120}international".utf8)))
    file.replaceSubrange(token, with: Data("\u{0120}internationaX".utf8))
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).gguf")
    try file.write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let error = #expect(throws: LlamaLoadError.self) {
      try LlamaGenerator(
        LlamaConfiguration(modelPath: TestModel.path, threads: 1, draftModelPath: path.path),
        logger: TestModel.logger
      )
    }
    #expect(
      error?.message == "The draft model \(path.path) has another vocabulary than "
        + "\(TestModel.path): its token 3113 is \"ĠinternationaX\", not \"Ġinternational\""
    )
  }

  @Test(arguments: ["/nowhere/model.gguf", "/"])
  func `a draft model that is none is refused at the start`(path: String) {
    let configuration = LlamaConfiguration(
      modelPath: TestModel.path,
      threads: 1,
      draftModelPath: path
    )
    let error = #expect(throws: LlamaLoadError.self) { try configuration.checkModelFile() }
    #expect(error?.message.hasPrefix("The model \(path) ") == true)
  }
}
