public import Identifiers

/// How a model is loaded and how much it may do at once.
public struct LlamaConfiguration: Hashable, Sendable {
  /// A GGUF file.
  public var modelPath: String
  /// The name under which requests ask for the model; by default the file's name without ".gguf".
  public var modelID: Identifier
  /// How many sequences are decoded in one batch, at most 256; more requests wait in line.
  public var parallel: Int
  /// The longest prompt and text together, in tokens, of each sequence.
  public var contextLength: Int
  /// How many threads compute at most; fewer while other programs use the processors.
  public var threads: Int
  /// How many layers of the model are kept and computed by a GPU, where libllama was built for one;
  /// -1 is all.
  public var gpuLayers: Int
  /// How many requests may wait; those beyond are refused.
  public var maxQueue: Int
  /// The time from one token of a text to its next that prompts of others may stretch it to. A step
  /// that takes longer by itself is stretched by half.
  public var interTokenLimit: Duration
  /// Memory for texts that have left the KV cache and may be used again, in bytes.
  public var prefixCacheSize: Int
  public var prefixSharing: PrefixSharing

  /// Whose texts spare a request the computation of a prompt that begins like them.
  ///
  /// A prompt whose beginning is known is answered sooner. So whoever shares with others can find out
  /// by the clock whether one of them has lately sent a text that begins in a certain way.
  public enum PrefixSharing: String, Hashable, Sendable, CaseIterable {
    /// Nobody's: every prompt is computed.
    case off
    /// Those of the same requester.
    case user
    /// Everybody's: for callers who trust each other, such as those with one system prompt.
    case all
  }

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
    prefixSharing: PrefixSharing = .user
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
  }

  private static func name(ofFileAt path: String) -> Identifier {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? ""[...].utf8
    let suffix = ".gguf".utf8
    let isSuffixed = name.suffix(suffix.count).elementsEqual(suffix)
    return Identifier(Substring(isSuffixed ? name.dropLast(suffix.count) : name))
  }
}
