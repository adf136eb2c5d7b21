import Foundation
import Generation
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
          + "does not know (--log-level debug tells more)"
      )
    }
  }

  @Test func `a context that the model was not trained for is refused`() {
    #expect(throws: GenerationError.self) {
      try LlamaGenerator(
        LlamaConfiguration(modelPath: TestModel.path, contextLength: 1_000_000, threads: 1),
        logger: TestModel.logger
      )
    }
  }

  private func expectRefusal(of path: String, _ message: String) {
    let configuration = LlamaConfiguration(modelPath: path, threads: 1)
    #expect(throws: GenerationError(.unavailable, message)) {
      try LlamaGenerator(configuration, logger: TestModel.logger)
    }
  }

  private func withFile(_ content: Data, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).gguf")
    try content.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }
}
