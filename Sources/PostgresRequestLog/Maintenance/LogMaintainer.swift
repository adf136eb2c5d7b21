internal import Concurrency
internal import Identifiers
internal import Logging
internal import PostgreSQL
internal import RequestLog
internal import Synchronization

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
  private nonisolated let operations = Mutex(Operations())

  /// Those that wait or run, each of which can be ended.
  private struct Operations {
    var isClosed = false
    var wakeups: [ObjectIdentifier: Wakeup] = [:]
  }

  init(_ database: Database, status: LogStatus, logger: Logger) {
    self.database = database
    self.status = status
    self.logger = logger
  }

  /// Ends what runs; what comes later fails.
  nonisolated func close() {
    let wakeups = self.operations.withLock { operations in
      operations.isClosed = true
      return operations.wakeups.values
    }
    for wakeup in wakeups { wakeup.signal() }
  }

  /// Runs `body` with a connection that is closed after it. It ends early when the task is cancelled.
  ///
  /// - Throws: `cancelled` or `unavailable`.
  nonisolated func withConnection<Result: Sendable>(
    _ body: @Sendable (isolated LogMaintainer, Connection) throws(PostgreSQLError) -> Result
  ) async throws(LogError) -> Result {
    let wakeup: Wakeup
    do throws(PostgreSQLError) {
      wakeup = try Wakeup()
    } catch {
      throw LogError(opening: error)
    }
    let isClosed = self.operations.withLock { operations in
      operations.wakeups[ObjectIdentifier(wakeup)] = wakeup
      return operations.isClosed
    }
    defer {
      self.operations.withLock { _ = $0.wakeups.removeValue(forKey: ObjectIdentifier(wakeup)) }
    }
    if isClosed { throw .closed }
    let result: Swift.Result<Result, LogError> = await withTaskCancellationHandler {
      await self.result(of: body, wakeup)
    } onCancel: {
      wakeup.signal()
    }
    return try result.get()
  }

  private func result<Result>(
    of body: (isolated LogMaintainer, Connection) throws(PostgreSQLError) -> Result,
    _ wakeup: Wakeup
  ) -> Swift.Result<Result, LogError> {
    if Task.isCancelled { return .failure(.abandoned) }
    do throws(PostgreSQLError) {
      return .success(try body(self, self.database.connect(wakeup: wakeup)))
    } catch {
      if error.code == .interrupted {
        return .failure(Task.isCancelled ? .abandoned : .closed)
      }
      self.logger.error(
        "The log's database could not be used",
        metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
      )
      return .failure(
        LogError(
          .unavailable,
          error.isOutage
            ? "The log's database cannot be reached now" : "The log cannot be changed now",
          cause: error
        )
      )
    }
  }

  /// Until when the server has time for a statement that reads or writes much.
  var longDeadline: ContinuousClock.Instant { .now + .seconds(3600) }

  func note(bytes: Int) {
    self.status.note(bytes: bytes)
  }

  func tell(_ message: Logger.Message) {
    self.logger.notice(message, metadata: ["database": "\(self.database.parameters.place)"])
  }
}
