internal import AccessTokens
internal import Logging
internal import RequestLog

extension ServerConfiguration {
  /// The durable log of prompts and responses.
  public struct Log: Hashable, Sendable {
    /// The path of its database, which is made when it is not there.
    public var file: String
    public var content: Content
    /// How old entries may be; nil is for ever.
    public var maximumAge: Duration?
    /// How many bytes the log may have before its oldest entries are removed; nil has no limit.
    public var maximumSize: Int?

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
      maximumSize: Int? = nil
    ) {
      self.file = file
      self.content = content
      self.maximumAge = maximumAge
      self.maximumSize = maximumSize
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
    let size = try settings.size(.logMaxSize, from: 0, upTo: 1 << 50, "1048576GiB")
    self.init(
      file: file,
      content: try settings.value(.logContent, "one of \(kinds)") { Content(rawValue: $0) },
      maximumAge: age == .zero ? nil : age,
      maximumSize: size == 0 ? nil : size
    )
  }
}

extension RequestLog {
  /// Opens the log that a configuration describes.
  ///
  /// - Returns: nil when it describes none.
  /// - Throws: `LogError` when its file cannot be used.
  static func open(
    _ configuration: ServerConfiguration.Log?,
    logger: Logger
  ) async throws -> RequestLog? {
    guard let configuration else { return nil }
    let content: ContentMode =
      switch configuration.content {
      case .full: .full
      case .metadata: .metadataOnly
      case .hash: .hashed { SHA256.hash(of: $0) }
      }
    return try await self.open(
      path: configuration.file,
      configuration: LogConfiguration(content: content),
      logger: logger
    )
  }
}
