import AccessTokens
import Identifiers
import Logging
import RequestLog
import SQLiteRequestLog

extension ServerConfiguration {
  /// The durable log of prompts and responses.
  struct Log: Hashable, Sendable {
    /// Where it is; a missing file is created, and so are missing tables.
    var place: LogPlace
    /// How the table of a PostgreSQL database is divided.
    var partition: Partition
    var content: Content
    /// The maximum age of entries; nil is for ever.
    var maximumAge: Duration?
    /// The size of the log's files at which the oldest entries are removed, in bytes; nil has no
    /// limit.
    var maximumSize: Int?
    /// How often the entries that are too old or too many are removed.
    var pruneInterval: Duration
    var limits: EntryLimits
    /// How many entries may wait for the disk, and their size in bytes.
    var waitingEntries: Int
    var waitingSize: Int

    /// What the log keeps of prompts and responses.
    enum Content: String, CaseIterable, Hashable, Sendable {
      case full
      /// Their sizes only.
      case metadata
      /// Their sizes and their SHA-256.
      case hash
    }

    /// How the table of entries is divided.
    enum Partition: String, CaseIterable, Hashable, Sendable {
      /// As it is.
      case none
      case month
    }

    init(
      place: LogPlace,
      partition: Partition = .none,
      content: Content = .full,
      maximumAge: Duration? = nil,
      maximumSize: Int? = nil,
      pruneInterval: Duration = .seconds(60),
      limits: EntryLimits = EntryLimits(),
      waitingEntries: Int = 4096,
      waitingSize: Int = 64 << 20
    ) {
      self.place = place
      self.partition = partition
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
  /// - Returns: nil when no place is given.
  init?(_ settings: SettingReader) throws(ConfigurationError) {
    let log = Settings.log
    guard let place = try LogPlace(settings) else { return nil }
    let age = try log.logMaxAge.read(from: settings)
    let size = try log.logMaxSize.read(from: settings)
    self.init(
      place: place,
      partition: try log.logPartition.read(from: settings),
      content: try log.logContent.read(from: settings),
      maximumAge: age == .zero ? nil : age,
      maximumSize: size == 0 ? nil : size,
      pruneInterval: try log.logPruneInterval.read(from: settings),
      limits: try EntryLimits(settings),
      waitingEntries: try log.logMaxWaitingEntries.read(from: settings),
      waitingSize: try log.logMaxWaitingSize.read(from: settings)
    )
  }
}

extension EntryLimits {
  /// The sizes of entries that a server with these settings accepts.
  ///
  /// - Throws: `ConfigurationError` for a value that is malformed or out of range.
  init(_ settings: SettingReader) throws(ConfigurationError) {
    let log = Settings.log
    self.init(
      prompt: try log.logMaxPromptSize.read(from: settings),
      response: try log.logMaxResponseSize.read(from: settings),
      metadataCount: try log.logMaxMetadataKeys.read(from: settings),
      metadata: try log.logMaxMetadataSize.read(from: settings)
    )
  }
}

extension ServerConfiguration.Log {
  /// Opens the log.
  ///
  /// - Throws: `LogError` when its file or its database cannot be used.
  func open(logger: Logger) async throws(LogError) -> any LogStore {
    let content: ContentMode =
      switch self.content {
      case .full: .full
      case .metadata: .metadataOnly
      case .hash: .hashed { SHA256.hash(of: $0) }
      }
    switch self.place {
    case .file(let path):
      return try await SQLiteLogStore.open(
        path: path.text,
        configuration: SQLiteLogStore.Configuration(
          limits: self.limits,
          content: content,
          waitingEntries: self.waitingEntries,
          waitingBytes: self.waitingSize,
          sizeLimit: self.maximumSize
        ),
        logger: logger
      )
    case .database(let database):
      return try await database.open(
        LogDatabase.Configuration(
          isPartitionedByMonth: self.partition == .month,
          limits: self.limits,
          content: content,
          waitingEntries: self.waitingEntries,
          waitingBytes: self.waitingSize
        ),
        logger: logger
      )
    }
  }
}
