import Foundation
import Generation
import Identifiers
import LlamaGeneration
import Testing

@Suite struct ModelFileTests {
  @Test func `a model that is not there is named`() {
    self.expectRefusal(of: "/nowhere/model.gguf", "The model /nowhere/model.gguf does not exist")
  }

  @Test func `a folder is not a model`() {
    self.expectRefusal(of: "/", "The model / is a folder, not a GGUF file")
  }

  @Test func `a text is not a model`() throws {
    try self.withFile(Data("not a model".utf8)) { path in
      self.expectRefusal(of: path, "The model \(path) is not a GGUF file")
    }
  }

  @Test func `half a model is not a model`() throws {
    let file = try #require(FileHandle(forReadingAtPath: TestModel.path))
    let half = try #require(try file.read(upToCount: 3_000_000))
    try self.withFile(half) { path in
      self.expectRefusal(
        of: path,
        "The model \(path) cannot be loaded: the file is damaged, or of a kind that this libllama "
          + "does not know",
        .debugLog
      )
    }
  }

  @Test func `a context that the model was not trained for is refused`() {
    let error = #expect(throws: LlamaLoadError.self) {
      try LlamaGenerator(
        LlamaConfiguration(modelPath: TestModel.path, contextLength: 1_000_000, threads: 1),
        logger: TestModel.logger
      )
    }
    #expect(error?.remedy == .lower([.contextLength]))
  }

  @Test func `without a chat template, messages are refused and prompts are not`() async throws {
    var model = try Data(contentsOf: URL(fileURLWithPath: TestModel.path))
    // Another name of the same length, which means nothing.
    let key = try #require(model.range(of: Data("tokenizer.chat_template".utf8)))
    model.replaceSubrange(key, with: Data("tokenizer.that_template".utf8))
    let generator = try self.withFile(model) { path in
      try LlamaGenerator(
        LlamaConfiguration(modelPath: path, parallel: 1, contextLength: 64, threads: 1),
        logger: TestModel.logger
      )
    }
    await #expect(
      throws: GenerationError(
        .invalidRequest,
        "messages need a chat template, and this model has none: send a prompt"
      )
    ) {
      try await generator.generate(.question("Hi"))
    }
    #expect(try await generator.countTokens(.prompt("Hi")) == 1)
  }

  private func expectRefusal(
    of path: String,
    _ message: String,
    _ remedy: LlamaLoadError.Remedy? = nil
  ) {
    let configuration = LlamaConfiguration(modelPath: path, threads: 1)
    #expect(throws: LlamaLoadError(message, remedy)) {
      try LlamaGenerator(configuration, logger: TestModel.logger)
    }
  }

  private func withFile<Result>(
    _ content: Data,
    _ body: (String) throws -> Result
  ) throws -> Result {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).gguf")
    try content.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }
}
