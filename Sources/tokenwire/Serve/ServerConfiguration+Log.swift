import AccessTokens
import Identifiers
import Logging
import OutboxRequestLog
import RequestLog
import SQLiteRequestLog

extension ServerConfiguration {
  /// The durable log of prompts and responses.
  struct Log: Hashable, Sendable {
    /// Where it is; a missing file is created, and so are missing tables.
    var place: LogPlace
    /// How the table of a PostgreSQL database is divided.
    var partition: Partition
    /// What keeps entries until the database has them; nil: nothing.
    var outbox: Outbox?
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

    /// A file of SQLite in front of a log in a database.
    struct Outbox: Hashable, Sendable {
      var path: String
      /// The size at which entries are refused, in bytes.
      var maximumSize: Int
    }

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
      outbox: Outbox? = nil,
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
      self.outbox = outbox
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
    let outbox = try Outbox(settings)
    guard let place = try LogPlace(settings) else {
      if outbox == nil { return nil }
      throw ConfigurationError(
        """
        \(log.logOutbox.everywhere) is given without \(log.logStore.flag): give the database that its \
        entries are for
        """
      )
    }
    if outbox != nil, !place.isDatabase {
      throw ConfigurationError(
        """
        \(log.logOutbox.everywhere) is given with a log in a file, \(place), which is never away: give \
        a database as \(log.logStore.flag), or no outbox
        """
      )
    }
    let age = try log.logMaxAge.read(from: settings)
    let size = try log.logMaxSize.read(from: settings)
    self.init(
      place: place,
      partition: try log.logPartition.read(from: settings),
      outbox: outbox,
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

extension ServerConfiguration.Log.Outbox {
  /// - Returns: nil when no file is given.
  init?(_ settings: SettingReader) throws(ConfigurationError) {
    guard let path = try Settings.log.logOutbox.read(from: settings) else { return nil }
    self.init(path: path, maximumSize: try Settings.log.logOutboxMaxSize.read(from: settings))
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
    switch self.place {
    case .file(let path):
      return try await SQLiteLogStore.open(
        path: path.text,
        configuration: self.fileConfiguration(sizeLimit: self.maximumSize),
        logger: logger
      )
    case .database(let database):
      if let outbox { return try await self.open(outbox, to: database, logger: logger) }
      return try await database.open(self.databaseConfiguration, logger: logger)
    }
  }

  private func open(
    _ outbox: Outbox,
    to database: LogDatabase,
    logger: Logger
  ) async throws(LogError) -> any LogStore {
    let file: SQLiteLogStore
    do throws(LogError) {
      file = try await SQLiteLogStore.open(
        path: outbox.path,
        configuration: self.fileConfiguration(indexesWords: false),
        logger: logger
      )
    } catch {
      var error = error
      error.message = "the outbox \(outbox.path): \(error.message)"
      throw error
    }
    let configuration = self.databaseConfiguration
    return try await OutboxLog.open(
      file,
      maximumBytes: outbox.maximumSize,
      logger: logger
    ) { isFirst throws(LogError) in
      // Else the attempts of a day would fill the server's log.
      if !isFirst { await (try await database.open(configuration, logger: .silent)).close() }
      return try await database.open(configuration, logger: logger)
    }
  }

  private var contentMode: ContentMode {
    switch self.content {
    case .full: .full
    case .metadata: .metadataOnly
    case .hash: .hashed { SHA256.hash(of: $0) }
    }
  }

  private func fileConfiguration(
    indexesWords: Bool = true,
    sizeLimit: Int? = nil
  ) -> SQLiteLogStore.Configuration {
    SQLiteLogStore.Configuration(
      limits: self.limits,
      content: self.contentMode,
      waitingEntries: self.waitingEntries,
      waitingBytes: self.waitingSize,
      indexesWords: indexesWords,
      sizeLimit: sizeLimit
    )
  }

  private var databaseConfiguration: LogDatabase.Configuration {
    LogDatabase.Configuration(
      isPartitionedByMonth: self.partition == .month,
      limits: self.limits,
      content: self.contentMode,
      waitingEntries: self.waitingEntries,
      waitingBytes: self.waitingSize
    )
  }
}
