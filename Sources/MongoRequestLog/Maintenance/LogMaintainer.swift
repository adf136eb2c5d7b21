internal import Concurrency
internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog
internal import Synchronization

/// Removes and counts entries, on a thread of its own, over connections that are closed when there is
/// nothing more to do.
actor LogMaintainer {
  private let executor = ThreadExecutor(name: "tokenwire-mgprune")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  let database: Database
  let status: LogStatus
  private let logger: Logger
  private nonisolated let isClosed = Mutex(false)
  private(set) var pool: ClientPool?

  init(_ database: Database, status: LogStatus, logger: Logger) {
    self.database = database
    self.status = status
    self.logger = logger
  }

  /// What runs ends after its step; what comes later fails.
  nonisolated func close() {
    self.isClosed.withLock { $0 = true }
  }

  /// Closes the connections.
  func rest() {
    self.pool = nil
  }

  /// Runs `body` with a client. The connections stay until `rest` is called.
  ///
  /// - Throws: `cancelled` or `unavailable`.
  func withClient<Result>(
    _ body: (borrowing Client) throws(MongoDBError) -> Result
  ) throws(LogError) -> Result {
    try self.checkGoingOn()
    do throws(MongoDBError) {
      if let pool { return try pool.withClient(body) }
      let pool = try self.database.makePatientPool()
      self.pool = pool
      return try pool.withClient(body)
    } catch {
      self.logger.error(
        "The log's database could not be used",
        metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
      )
      throw LogError(
        .unavailable,
        error.isOutage
          ? "The log's database cannot be reached now" : "The log cannot be changed now",
        cause: error
      )
    }
  }

  /// Between two steps.
  ///
  /// - Throws: `cancelled`, or `unavailable` when the log is closed.
  func checkGoingOn() throws(LogError) {
    if self.isClosed.withLock({ $0 }) { throw .closed }
    if Task.isCancelled { throw .abandoned }
  }
}
