internal import Concurrency
internal import Identifiers
internal import Logging
internal import PostgreSQL
internal import RequestLog

/// Removes and counts entries, on a thread and over a connection of its own, which is closed when
/// there is nothing more to do.
actor LogMaintainer {
  private let executor = ThreadExecutor(name: "tokenwire-pgprune")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let database: Database
  private let status: LogStatus
  private let logger: Logger
  private var isClosed = false

  init(_ database: Database, status: LogStatus, logger: Logger) {
    self.database = database
    self.status = status
    self.logger = logger
  }

  func close() {
    self.isClosed = true
  }

  /// Runs `body` with a connection that is closed after it.
  func withConnection<Result>(
    _ body: (isolated LogMaintainer, Connection) throws(PostgreSQLError) -> Result
  ) throws(LogError) -> Result {
    if self.isClosed { throw .closed }
    if Task.isCancelled { throw .abandoned }
    do throws(PostgreSQLError) {
      return try body(self, self.database.connect())
    } catch {
      if error.code == .interrupted { throw .abandoned }
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

  /// Until when the server has time for a statement that reads or writes much.
  var longDeadline: ContinuousClock.Instant { .now + .seconds(3600) }

  func checkCancellation() throws(PostgreSQLError) {
    if Task.isCancelled { throw PostgreSQLError(.interrupted, "the caller stopped waiting") }
  }

  func note(bytes: Int) {
    self.status.note(bytes: bytes)
  }

  func tell(_ message: Logger.Message) {
    self.logger.notice(message, metadata: ["database": "\(self.database.parameters.place)"])
  }
}
