public import Logging
internal import PostgreSQL
public import RequestLog

/// A log in a PostgreSQL database, which any number of nodes write to.
///
/// It uses up to five connections: for storing, listing, searching, hearing of the commits of others,
/// and, while it lasts, removing and counting.
public final class PostgresLogStore: LogStore {
  let configuration: Configuration
  let queue: AppendQueue
  let news: CommitNews
  let status: LogStatus
  let writer: LogWriter
  let readers: PositionReaders<LogReader>
  let maintainer: LogMaintainer
  let listener: LogListener
  let connector: LogConnector

  private init(
    _ database: Database,
    _ configuration: Configuration,
    _ logger: Logger
  ) throws(LogError) {
    self.configuration = configuration
    self.queue = AppendQueue(
      maximumCount: configuration.waitingEntries,
      maximumBytes: configuration.waitingBytes
    )
    self.news = CommitNews()
    self.status = LogStatus()
    self.writer = try LogWriter(
      database,
      configuration,
      queue: self.queue,
      news: self.news,
      status: self.status,
      logger: logger
    )
    self.readers = PositionReaders(
      listing: try LogReader(database, statementTime: configuration.listTime, logger: logger),
      searching: try LogReader(database, statementTime: configuration.searchTime, logger: logger)
    )
    self.maintainer = LogMaintainer(database, status: self.status, logger: logger)
    self.connector = LogConnector(database)
    self.listener = try LogListener(
      database,
      news: self.news,
      status: self.status,
      logger: logger
    )
  }

  /// Opens a log, or creates its tables. A database of an older version is upgraded; several nodes
  /// may do so at once.
  ///
  /// - Parameter logger: gets underlying errors with the place of the database, for the operator.
  /// - Throws: `invalid` when the URL is malformed, `newerSchema` when the database belongs to a newer
  ///   version of this program, `unavailable` when it cannot be used.
  public static func open(
    _ place: Place,
    configuration: Configuration = Configuration(),
    logger: Logger
  ) async throws(LogError) -> PostgresLogStore {
    try await self.open(place, configuration, schema: LogSchema.schema, logger)
  }

  /// Opens an existing log, whose tables are not upgraded.
  ///
  /// - Throws: `unavailable` when the database has no log of this version, or cannot be used;
  ///   `newerSchema`.
  public static func openExisting(
    _ place: Place,
    logger: Logger
  ) async throws(LogError) -> PostgresLogStore {
    let configuration = Configuration()
    return try await self.open(
      place,
      configuration,
      schema: LogSchema.schema,
      mayUpgrade: false,
      logger
    )
  }

  static func open(
    _ place: Place,
    _ configuration: Configuration,
    schema: Schema,
    mayUpgrade: Bool = true,
    _ logger: Logger
  ) async throws(LogError) -> PostgresLogStore {
    let database = Database(
      parameters: place.parameters,
      responseTime: configuration.responseTime
    )
    let log = try PostgresLogStore(database, configuration, logger)
    try await log.writer.open(schema: schema, mayUpgrade: mayUpgrade)
    return log
  }

  /// Whether the database can be reached.
  public var conditions: LogConditions { self.status.conditions }

  /// Stores an entry, and returns when it is durable.
  ///
  /// Entries that wait while others are written are committed together. If the user has already used
  /// the idempotency key, on whatever node, the entry that has it is returned; content that was not
  /// stored cannot be compared.
  ///
  /// Cancelling the task withdraws an entry that still waits, and throws `cancelled`. An entry that
  /// is already in a commit is stored as usual.
  ///
  /// - Throws: `invalid`, `alreadyExists`, `overloaded`, `diskFull`, `unavailable` or `cancelled`. In
  ///   one case of `unavailable`, which its message tells, it is not known whether the entry is
  ///   stored: the database was lost during the commit, and does not come back.
  public func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry {
    let entry = try ValidEntry(
      entry,
      limits: self.configuration.limits,
      content: self.configuration.content
    )
    let pending = try self.queue.admit(entry)
    let outcome = await withTaskCancellationHandler {
      await self.writer.outcome(of: pending)
    } onCancel: {
      self.queue.withdraw(pending)
    }
    return try outcome.get()
  }

  /// Hears of the commits of other nodes, and connects again after the database was lost, until the
  /// log is closed or the task is cancelled.
  public func run() async {
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        group.addTask { await self.keepConnected() }
        await self.listener.run()
        group.cancelAll()
      }
    } onCancel: {
      self.listener.stop()
    }
  }

  private func keepConnected() async {
    self.status.isKeptConnected = true
    defer { self.status.isKeptConnected = false }
    while !Task.isCancelled {
      var pause = Duration.milliseconds(500)
      if self.condition != .working {
        do throws(PostgreSQLError) {
          await self.writer.take(try await self.connector.connect())
        } catch {
          pause = await self.writer.note(error)
        }
      }
      // After a cancelled sleep the loop's condition ends it.
      try? await Task.sleep(for: pause)
    }
  }

  /// Commits what waits, and closes the connections. Later calls fail with `unavailable`; queries
  /// that follow the log end.
  public func close() async {
    self.queue.close()
    self.writer.hurry()
    await self.writer.finish()
    self.listener.stop()
    await self.readers.listing.close()
    await self.readers.searching.close()
    self.maintainer.close()
    await self.writer.close()
  }
}
