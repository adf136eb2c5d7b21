import Foundation
import Generation

@testable import LlamaGeneration

/// What the set-up's llama.cpp brings along: vocabularies without models, and chat templates.
enum LlamaFiles {
  /// Nil with a llama.cpp that does not come from the set-up.
  static let folder: String? = {
    guard let libraries = ProcessInfo.processInfo.environment["LLAMA_LIBRARIES"] else { return nil }
    let folder = libraries + "/../share/llama.cpp"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  /// Begins every text with "<s>", and has few control tokens.
  static let llama2 = vocabulary("llama-spm")
  /// Begins every text with "<|begin_of_text|>".
  static let llama3 = vocabulary("llama-bpe")

  static func vocabulary(_ name: String) -> Result<LlamaModel, any Error> {
    Result {
      try LlamaModel(
        path: (self.folder ?? "") + "/ggml-vocab-\(name).gguf",
        gpuLayers: 0,
        vocabularyOnly: true
      )
    }
  }

  /// The paths of all vocabularies.
  static let vocabularies: [String] = {
    guard let folder else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".gguf") }.sorted().map { "\(folder)/\($0)" }
  }()

  /// The names of all templates.
  static let templates: [String] = {
    guard let folder else { return [] }
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder + "/templates")
    return (names ?? []).filter { $0.hasSuffix(".jinja") }.sorted().map { String($0.dropLast(6)) }
  }()

  static func template(_ name: String) throws -> String {
    let path = (self.folder ?? "") + "/templates/\(name).jinja"
    return try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
  }
}

extension LlamaModel {
  /// The conversation as a template renders it with this vocabulary.
  func chat(
    _ conversation: Conversation,
    _ template: ChatTemplate
  ) throws(GenerationError) -> Chat {
    try template.chat(
      conversation,
      ControlTexts(Array(self.tokenizing.controlTokens.keys)),
      controlTokens: self.tokenizing.controlTokens
    )
  }
}
