internal import AccessTokens
public import Identifiers
internal import Logging
public import RequestLog
internal import SQLiteRequestLog

extension ServerConfiguration {
  /// The durable log of prompts and responses.
  public struct Log: Hashable, Sendable {
    /// The path of its database, which is made when it is not there.
    public var file: String
    public var content: Content
    /// How old entries may be; nil is for ever.
    public var maximumAge: Duration?
    /// How many bytes the log's files may take before its oldest entries are removed; nil has no
    /// limit.
    public var maximumSize: Int?
    /// How often the entries that are too old or too many are removed.
    public var pruneInterval: Duration
    public var limits: EntryLimits
    /// How many entries may wait for the disk, and their size in bytes.
    public var waitingEntries: Int
    public var waitingSize: Int

    /// What is kept of prompts and responses.
    public enum Content: String, CaseIterable, Hashable, Sendable {
      case full
      /// Their sizes only.
      case metadata
      /// Their sizes and their SHA-256.
      case hash
    }

    public init(
      file: String,
      content: Content = .full,
      maximumAge: Duration? = nil,
      maximumSize: Int? = nil,
      pruneInterval: Duration = .seconds(60),
      limits: EntryLimits = EntryLimits(),
      waitingEntries: Int = 4096,
      waitingSize: Int = 64 << 20
    ) {
      self.file = file
      self.content = content
      self.maximumAge = maximumAge
      self.maximumSize = maximumSize
      self.pruneInterval = pruneInterval
      self.limits = limits
      self.waitingEntries = waitingEntries
      self.waitingSize = waitingSize
    }

    var retention: Retention {
      Retention(maximumAge: self.maximumAge, maximumBytes: self.maximumSize)
    }
  }
}

extension ServerConfiguration.Log {
  /// - Returns: nil when no file is named.
  init?(_ settings: SettingReader) throws {
    guard let file = try settings.optionalString(.logFile) else { return nil }
    let kinds = Content.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    let age = try settings.time(.logMaxAge, mayBeZero: true)
    let size = try settings.value(.logMaxSize, "\"0\", or a size from 1MiB to 1048576GiB") {
      Int(sizeSetting: $0).flatMap { $0 == 0 || 1 << 20 ... 1 << 50 ~= $0 ? $0 : nil }
    }
    self.init(
      file: file,
      content: try settings.value(.logContent, "one of \(kinds)") { Content(rawValue: $0) },
      maximumAge: age == .zero ? nil : age,
      maximumSize: size == 0 ? nil : size,
      pruneInterval: try settings.time(.logPruneInterval),
      limits: try EntryLimits(settings),
      waitingEntries: try settings.number(.logMaxWaitingEntries, in: 1 ... 1_048_576),
      waitingSize: try settings.size(.logMaxWaitingSize, upTo: 16 << 30, "16GiB")
    )
  }
}

extension EntryLimits {
  /// What a server with these settings would take, for a command that stores entries itself.
  ///
  /// - Throws: `ConfigurationError` for a value that is malformed or out of range.
  public init(flags: [Setting: String], environment: [Identifier: String]) async throws {
    try self.init(
      await ServerConfiguration.settings(flags: flags, environment: environment, file: nil)
    )
  }

  fileprivate init(_ settings: SettingReader) throws {
    // Prompt and response come in one message, which has no more than that.
    self.init(
      prompt: try settings.size(.logMaxPromptSize, upTo: 4 << 20, "4MiB"),
      response: try settings.size(.logMaxResponseSize, upTo: 4 << 20, "4MiB"),
      metadataCount: try settings.number(.logMaxMetadataKeys, in: 0 ... 1_048_576),
      metadata: try settings.size(.logMaxMetadataSize, from: 0, upTo: 4 << 20, "4MiB")
    )
  }
}

extension SQLiteLogStore {
  /// Opens the log that a configuration describes.
  ///
  /// - Returns: nil when it describes none.
  /// - Throws: `LogError` when its file cannot be used.
  static func open(
    _ configuration: ServerConfiguration.Log?,
    logger: Logger
  ) async throws -> SQLiteLogStore? {
    guard let configuration else { return nil }
    let content: ContentMode =
      switch configuration.content {
      case .full: .full
      case .metadata: .metadataOnly
      case .hash: .hashed { SHA256.hash(of: $0) }
      }
    return try await self.open(
      path: configuration.file,
      configuration: Configuration(
        limits: configuration.limits,
        content: content,
        waitingEntries: configuration.waitingEntries,
        waitingBytes: configuration.waitingSize,
        sizeLimit: configuration.maximumSize
      ),
      logger: logger
    )
  }
}
