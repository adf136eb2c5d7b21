import Identifiers
import Logging
import PostgresRequestLog
import RequestLog

#if MONGODB
import MongoRequestLog
#endif

/// A log in a database.
typealias DatabaseLog = ImportingLog & ExportableLog & ForwardingTarget

/// The database that a log is kept in.
enum LogDatabase: Hashable, Sendable, CustomStringConvertible {
  case postgreSQL(PostgresLogStore.Place)
  #if MONGODB
  case mongoDB(MongoLogStore.Place)
  #else
  /// A URL of MongoDB, in a build that cannot use it.
  case mongoDB
  #endif

  /// What stores of databases need to be told.
  struct Configuration: Sendable {
    /// Whether the table of PostgreSQL gets a partition for each month, if it has none.
    var isPartitionedByMonth = false
    var limits = EntryLimits()
    var content = ContentMode.full
    var waitingEntries = 4096
    var waitingBytes = 64 << 20
  }

  /// - Returns: nil when the text is not a URL of a database.
  init?(_ text: String) {
    func begins(with schemes: String...) -> Bool {
      schemes.contains { text.utf8.starts(with: $0.utf8) }
    }
    if begins(with: "postgresql://", "postgres://") {
      guard let place = try? PostgresLogStore.Place(url: text, environment: Environment.value(of:))
      else { return nil }
      self = .postgreSQL(place)
    } else if begins(with: "mongodb://", "mongodb+srv://") {
      #if MONGODB
      guard let place = try? MongoLogStore.Place(url: text) else { return nil }
      self = .mongoDB(place)
      #else
      self = .mongoDB
      #endif
    } else {
      return nil
    }
  }

  /// Without a password.
  var description: String {
    switch self {
    case .postgreSQL(let place): place.description
    #if MONGODB
    case .mongoDB(let place): place.description
    #else
    case .mongoDB: "mongodb://"
    #endif
    }
  }

  /// The database, if it is one of PostgreSQL, which alone can have what servers share beside the log.
  var postgreSQL: PostgresLogStore.Place? {
    if case .postgreSQL(let place) = self { place } else { nil }
  }

  /// What the entries are in.
  var parts: String {
    if case .postgreSQL = self { "tables" } else { "a collection" }
  }

  var hasPassword: Bool {
    switch self {
    case .postgreSQL(let place): place.hasPassword
    #if MONGODB
    case .mongoDB(let place): place.hasPassword
    #else
    case .mongoDB: false
    #endif
    }
  }

  /// Sets the password, if the URL has none.
  mutating func setPassword(_ password: String) {
    switch self {
    case .postgreSQL(var place):
      place.setPassword(password)
      self = .postgreSQL(place)
    #if MONGODB
    case .mongoDB(var place):
      place.setPassword(password)
      self = .mongoDB(place)
    #else
    case .mongoDB: break
    #endif
    }
  }
}

extension LogDatabase {
  /// Opens the log, or creates it.
  ///
  /// - Throws: `LogError` when the database cannot be used.
  func open(
    _ configuration: Configuration,
    logger: Logger
  ) async throws(LogError) -> any DatabaseLog {
    switch self {
    case .postgreSQL(let place):
      return try await PostgresLogStore.open(
        place,
        configuration: PostgresLogStore.Configuration(
          limits: configuration.limits,
          content: configuration.content,
          waitingEntries: configuration.waitingEntries,
          waitingBytes: configuration.waitingBytes,
          partition: configuration.isPartitionedByMonth ? .month : nil
        ),
        logger: logger
      )
    #if MONGODB
    case .mongoDB(let place):
      return try await MongoLogStore.open(
        place,
        configuration: MongoLogStore.Configuration(
          limits: configuration.limits,
          content: configuration.content,
          waitingEntries: configuration.waitingEntries,
          waitingBytes: configuration.waitingBytes
        ),
        logger: logger
      )
    #else
    case .mongoDB: throw .mongoDBIsMissing
    #endif
    }
  }

  /// Opens an existing log to read it. It adds no entries, but in MongoDB may have to clear what a server
  /// that has died has left behind.
  func openExisting() async throws(LogError) -> any DatabaseLog {
    switch self {
    case .postgreSQL(let place):
      return try await PostgresLogStore.openExisting(place, logger: .silent)
    #if MONGODB
    case .mongoDB(let place):
      return try await MongoLogStore.openExisting(place, logger: .silent)
    #else
    case .mongoDB: throw .mongoDBIsMissing
    #endif
    }
  }

  /// Runs `body` with the log, which servers may have open, and closes it.
  func withLog(
    limits: EntryLimits = EntryLimits(),
    _ body: (any DatabaseLog) async throws -> Void
  ) async throws {
    let log: any DatabaseLog
    do throws(LogError) {
      log = try await self.open(Configuration(limits: limits), logger: .silent)
    } catch {
      throw CommandFailure("\(self)", error)
    }
    do {
      try await body(log)
    } catch {
      await log.close()
      throw error
    }
    await log.close()
  }
}

#if !MONGODB
extension LogError {
  static let mongoDBIsMissing = LogError(
    .invalid,
    """
    This build has no MongoDB: install libmongoc-dev (apt-get install libmongoc-dev), and build it \
    again with make build STORES=mongodb
    """
  )
}
#endif
