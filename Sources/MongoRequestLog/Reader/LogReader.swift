internal import Concurrency
internal import LogSearch
internal import Logging
internal import MongoDB
internal import RequestLog
internal import Synchronization

/// Reads the log on a thread of its own.
actor LogReader: PositionReader {
  private let executor = ThreadExecutor(name: "tokenwire-mgread")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  let database: Database
  /// How long a query may take.
  let queryTime: Duration
  let reservationTime: Duration
  let status: LogStatus
  private let logger: Logger
  private nonisolated let isClosed = Mutex(false)
  private var search: SearchParts?

  /// What searches need beside the database, made by the first of them.
  private struct SearchParts {
    let words: IndexedWords
    let matcher: SearchMatcher
  }

  init(
    _ database: Database,
    queryTime: Duration,
    reservationTime: Duration,
    status: LogStatus,
    logger: Logger
  ) {
    self.database = database
    self.queryTime = queryTime
    self.reservationTime = reservationTime
    self.status = status
    self.logger = logger
  }

  /// Lets nothing more be read. What runs ends by itself.
  nonisolated func close() {
    self.isClosed.withLock { $0 = true }
  }

  /// Runs `body` with a client. A cancelled task does not begin.
  ///
  /// - Throws: `overloaded` when a query takes too long, `cancelled`, `unavailable`.
  func read<Result>(
    _ body: (borrowing Client) throws(MongoDBError) -> Result
  ) throws(LogError) -> Result {
    if self.isClosed.withLock({ $0 }) { throw .closed }
    if Task.isCancelled { throw .abandoned }
    let pool = self.database.readingPool
    do throws(MongoDBError) {
      return try pool.withClient(body)
    } catch {
      // Reading changes nothing. A connection that was idle may have been lost long ago.
      guard error.isOutage else { throw self.failure(error) }
    }
    do throws(MongoDBError) {
      return try pool.withClient(body)
    } catch {
      throw self.failure(error)
    }
  }

  private func failure(_ error: MongoDBError) -> LogError {
    let failure = LogError(reading: error)
    if failure.code == .unavailable {
      self.logger.error(
        "The log could not be read",
        metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
      )
    }
    return failure
  }

  /// Conditions that find at least all that a search finds; nil when that is nothing.
  func candidates(of search: SearchTerms) throws(LogError) -> [Value]? {
    try self.searchParts().words.conditions(search)
  }

  /// The indices of the contents that a search finds.
  func matches(
    _ search: SearchTerms,
    in contents: [EntryContent]
  ) throws(LogError) -> Set<Int> {
    try self.searchParts().matcher.matches(search, in: contents)
  }

  private func searchParts() throws(LogError) -> SearchParts {
    if let search { return search }
    let parts = SearchParts(words: try IndexedWords(), matcher: try SearchMatcher())
    self.search = parts
    return parts
  }
}
