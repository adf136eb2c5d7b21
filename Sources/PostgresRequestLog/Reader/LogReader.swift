internal import Concurrency
internal import LogSearch
internal import Logging
internal import PostgreSQL
internal import RequestLog
internal import Synchronization

/// Reads the log on a thread of its own, over a connection of its own, which is made when it is first
/// needed.
actor LogReader: PositionReader {
  /// The limits of a page, which has at least one entry whatever its size.
  static let pageCount = 256
  static let pageBytes = 1 << 20

  private let executor = ThreadExecutor(name: "tokenwire-pgread")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let database: Database
  private let statementTime: Duration?
  private let logger: Logger
  private let wakeup: Wakeup
  /// The call that the thread works for.
  private let running = Mutex(0)
  private let lastCall = Mutex(0)
  private var connection: Connection?
  private nonisolated let isClosed = Mutex(false)
  private var search: SearchParts?

  /// What searches need beside the database, made by the first of them.
  private struct SearchParts {
    let words: IndexedWords
    let matcher: SearchMatcher
  }

  /// - Parameter statementTime: how long a statement may run; nil is for ever.
  init(_ database: Database, statementTime: Duration? = nil, logger: Logger) throws(LogError) {
    self.database = database
    self.statementTime = statementTime
    self.logger = logger
    do throws(PostgreSQLError) {
      self.wakeup = try Wakeup()
    } catch {
      throw LogError(opening: error)
    }
  }

  /// Ends what runs; what comes later fails.
  nonisolated func close() async {
    self.isClosed.withLock { $0 = true }
    self.running.withLock { if $0 != 0 { self.wakeup.signal() } }
    await self.disconnect()
  }

  private func disconnect() {
    self.connection = nil
  }

  /// Runs `body` with the connection; it ends early when the task is cancelled.
  ///
  /// - Throws: `overloaded` when a statement takes too long, `cancelled`, `unavailable`.
  nonisolated func read<Result: Sendable>(
    _ body: @Sendable (isolated LogReader, Connection) throws(PostgreSQLError) -> Result
  ) async throws(LogError) -> Result {
    let call = self.lastCall.withLock { last in
      last += 1
      return last
    }
    let result: Swift.Result<Result, LogError> = await withTaskCancellationHandler {
      await self.result(of: call, body)
    } onCancel: {
      // Not while the thread works for another call.
      self.running.withLock { if $0 == call { self.wakeup.signal() } }
    }
    return try result.get()
  }

  /// A `tsquery` that finds at least all that a search finds; nil when that is nothing.
  func candidates(of search: SearchTerms) throws(LogError) -> String? {
    try self.searchParts().words.query(search)
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

  private func result<Result>(
    of call: Int,
    _ body: (isolated LogReader, Connection) throws(PostgreSQLError) -> Result
  ) -> Swift.Result<Result, LogError> {
    self.running.withLock { $0 = call }
    defer {
      self.running.withLock { running in
        running = 0
        self.wakeup.reset()
      }
    }
    if self.isClosed.withLock({ $0 }) { return .failure(.closed) }
    if Task.isCancelled { return .failure(.abandoned) }
    let isFresh = self.connection == nil
    do throws(PostgreSQLError) {
      return .success(try body(self, self.connected()))
    } catch {
      // Reading changes nothing. A connection that was idle may have been lost long ago.
      guard !isFresh, error.isOutage else { return .failure(self.failure(error)) }
    }
    self.connection = nil
    do throws(PostgreSQLError) {
      return .success(try body(self, self.connected()))
    } catch {
      return .failure(self.failure(error))
    }
  }

  private func connected() throws(PostgreSQLError) -> Connection {
    if let connection { return connection }
    let connection = try self.database.connect(
      statementTime: self.statementTime,
      wakeup: self.wakeup
    )
    self.connection = connection
    return connection
  }

  private func failure(_ error: PostgreSQLError) -> LogError {
    // A refused statement leaves the connection as it was.
    if case .server = error.code, !error.isOutage {} else { self.connection = nil }
    if error.code == .interrupted, self.isClosed.withLock({ $0 }) { return .closed }
    let failure = LogError(reading: error)
    if failure.code == .unavailable {
      self.logger.error(
        "The log could not be read",
        metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
      )
    }
    return failure
  }

  /// Until when the server has time: it ends a statement by itself, and tells so, before that.
  var deadline: ContinuousClock.Instant {
    .now + (self.statementTime ?? .zero) + self.database.responseTime
  }
}
