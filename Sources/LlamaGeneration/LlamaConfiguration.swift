public import Identifiers

/// How a model is loaded, and its limits.
public struct LlamaConfiguration: Hashable, Sendable {
  /// The path of a GGUF file.
  public var modelPath: String
  /// The name of the model in requests; by default the file's name without ".gguf".
  public var modelID: Identifier
  /// The number of slots: how many generations are decoded in one batch, at most 256; others wait.
  public var parallel: Int
  /// The most tokens of prompt and text together, in each slot.
  public var contextLength: Int
  /// The most threads that decode; fewer while other programs use the processors.
  public var threads: Int
  /// How many layers of the model run on a GPU, if libllama was built for one; -1 is all.
  public var gpuLayers: Int
  /// How many requests may wait; further ones are refused.
  public var maxQueue: Int
  /// How long the prompts of others may make the time between two tokens of a generation. If a step
  /// without prompts already takes longer, they may add half of that.
  public var interTokenLimit: Duration
  /// The memory for texts outside of the KV cache that may be reused, in bytes.
  public var prefixCacheSize: Int
  /// Whose texts a request may reuse. Default `user`.
  public var prefixSharing: PrefixSharing
  /// A Jinja template for conversations; nil is the model's own.
  @Bytewise public var chatTemplate: String?
  /// The path of a GGUF file with a smaller model of the same vocabulary, which guesses what the model
  /// will choose; nil is none.
  @Bytewise public var draftModelPath: String?

  /// Whose texts a request may reuse, if its prompt begins like them.
  ///
  /// A prompt whose beginning is cached is answered sooner. So callers who share can find out from
  /// response times whether another has lately sent a text with a certain beginning.
  public enum PrefixSharing: String, Hashable, Sendable, CaseIterable {
    /// Nobody's: every prompt is computed.
    case off
    /// Those of the same requester.
    case user
    /// Everybody's: for callers who trust each other, such as those with a common system prompt.
    case all
  }

  /// Creates a configuration.
  public init(
    modelPath: String,
    modelID: Identifier? = nil,
    parallel: Int = 4,
    contextLength: Int = 2048,
    threads: Int,
    gpuLayers: Int = -1,
    maxQueue: Int = 1024,
    interTokenLimit: Duration = .milliseconds(150),
    prefixCacheSize: Int = 512 << 20,
    prefixSharing: PrefixSharing = .user,
    chatTemplate: String? = nil,
    draftModelPath: String? = nil
  ) {
    self.modelPath = modelPath
    self.modelID = modelID ?? Self.name(ofFileAt: modelPath)
    self.parallel = parallel
    self.contextLength = contextLength
    self.threads = threads
    self.gpuLayers = gpuLayers
    self.maxQueue = maxQueue
    self.interTokenLimit = interTokenLimit
    self.prefixCacheSize = prefixCacheSize
    self.prefixSharing = prefixSharing
    self.chatTemplate = chatTemplate
    self.draftModelPath = draftModelPath
  }

  private static func name(ofFileAt path: String) -> Identifier {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? ""[...].utf8
    let suffix = ".gguf".utf8
    let isSuffixed = name.suffix(suffix.count).elementsEqual(suffix)
    return Identifier(Substring(isSuffixed ? name.dropLast(suffix.count) : name))
  }
}
