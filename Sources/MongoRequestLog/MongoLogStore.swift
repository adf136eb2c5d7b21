public import Logging
internal import MongoDB
public import RequestLog

/// A log in a MongoDB database, which any number of nodes write to.
///
/// It keeps its entries in the collection `requests`, where the article's programs find them, and what
/// its nodes tell one another in `tokenwire`.
public final class MongoLogStore: LogStore {
  let configuration: Configuration
  let queue: AppendQueue
  let news: CommitNews
  let status: LogStatus
  let writer: LogWriter
  let readers: PositionReaders<LogReader>
  let maintainer: LogMaintainer
  let listener: LogListener

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
    let status = self.status
    func reader(_ time: Duration) -> LogReader {
      LogReader(
        database,
        queryTime: time,
        reservationTime: configuration.reservationTime,
        status: status,
        logger: logger
      )
    }
    self.readers = PositionReaders(
      listing: reader(configuration.listTime),
      searching: reader(configuration.searchTime)
    )
    self.maintainer = LogMaintainer(database, status: self.status, logger: logger)
    self.listener = LogListener(
      database,
      reservationTime: configuration.reservationTime,
      news: self.news,
      status: self.status,
      logger: logger
    )
  }

  /// Opens a log, or creates its indexes. Several nodes may do so at once.
  ///
  /// - Parameter logger: gets underlying errors with the place of the database, for the operator.
  /// - Throws: `newerSchema` when the database belongs to a newer version of this program,
  ///   `unavailable` when it cannot be used.
  public static func open(
    _ place: Place,
    configuration: Configuration = Configuration(),
    logger: Logger
  ) async throws(LogError) -> MongoLogStore {
    try await self.open(place, configuration, mayCreate: true, logger)
  }

  /// Opens an existing log. Whoever reads it may have to fill positions that a dead node had reserved,
  /// which needs rights to write; all else of reading needs none.
  ///
  /// - Throws: `unavailable` when the database has no log of this version, or cannot be used;
  ///   `newerSchema`.
  public static func openExisting(
    _ place: Place,
    logger: Logger
  ) async throws(LogError) -> MongoLogStore {
    try await self.open(place, Configuration(), mayCreate: false, logger)
  }

  private static func open(
    _ place: Place,
    _ configuration: Configuration,
    mayCreate: Bool,
    _ logger: Logger
  ) async throws(LogError) -> MongoLogStore {
    ServerLog.send(to: logger)
    let database: Database
    do throws(MongoDBError) {
      database = try Database(place.parameters, configuration)
    } catch {
      throw LogError(opening: error)
    }
    let log = try MongoLogStore(database, configuration, logger)
    try await log.writer.open(mayCreate: mayCreate)
    return log
  }

  /// Whether the database can be reached.
  public var conditions: LogConditions { self.status.conditions }

  /// Stores an entry, and returns when it is durable on a majority of the servers.
  ///
  /// Entries that wait while others are written are stored together. If the user has already used the
  /// idempotency key, on whatever node, the entry that has it is returned; content that was not stored
  /// cannot be compared.
  ///
  /// Cancelling the task withdraws an entry that still waits, and throws `cancelled`. An entry that is
  /// already being written is stored as usual.
  ///
  /// - Throws: `invalid`, `alreadyExists`, `overloaded`, `diskFull`, `unavailable` or `cancelled`. In
  ///   one case of `unavailable`, which its message tells, it is not known whether the entry is
  ///   stored: the database was lost while it was written, and does not come back.
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

  /// Looks for the entries of other nodes, and for the database when it was lost, until the log is
  /// closed or the task is cancelled.
  public func run() async {
    await withTaskCancellationHandler {
      await self.listener.run()
    } onCancel: {
      self.listener.stop()
    }
  }

  /// Stores what waits, and closes the connections. Later calls fail with `unavailable`; queries that
  /// follow the log end.
  public func close() async {
    self.queue.close()
    self.writer.hurry()
    await self.writer.finish()
    self.listener.stop()
    self.readers.listing.close()
    self.readers.searching.close()
    self.maintainer.close()
    await self.writer.close()
  }
}
