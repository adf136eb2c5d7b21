/// How a model is loaded and how much it may do at once.
public struct LlamaConfiguration: Hashable, Sendable {
  /// A GGUF file.
  public var modelPath: String
  /// The name under which requests ask for the model; by default the file's name without ".gguf".
  public var modelID: String
  /// How many sequences are decoded in one batch; more requests wait in line.
  public var parallel: Int
  /// The longest prompt and text together, in tokens, of each sequence.
  public var contextLength: Int
  /// How many threads compute.
  public var threads: Int

  public init(
    modelPath: String,
    modelID: String? = nil,
    parallel: Int = 4,
    contextLength: Int = 2048,
    threads: Int
  ) {
    self.modelPath = modelPath
    self.modelID = modelID ?? Self.name(ofFileAt: modelPath)
    self.parallel = parallel
    self.contextLength = contextLength
    self.threads = threads
  }

  private static func name(ofFileAt path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".gguf") ? name.dropLast(5) : name)
  }
}
