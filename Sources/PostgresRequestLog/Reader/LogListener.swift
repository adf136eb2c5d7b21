internal import Concurrency
internal import Logging
internal import PostgreSQL
internal import RequestLog
internal import Synchronization

/// Hears of the commits of other nodes, on a thread and over a connection of its own, and wakes the
/// queries that follow the log.
actor LogListener {
  private let executor = ThreadExecutor(name: "tokenwire-pghear")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  /// How often to look for commits without having heard of them, in case a notification is lost. It
  /// is also how soon a dead connection is noticed.
  private static let lookInterval = Duration.seconds(5)

  private let database: Database
  private let news: CommitNews
  private let status: LogStatus
  private let logger: Logger
  private nonisolated let stopping: Wakeup
  private nonisolated let isStopped = Mutex(false)

  init(
    _ database: Database,
    news: CommitNews,
    status: LogStatus,
    logger: Logger
  ) throws(LogError) {
    self.database = database
    self.news = news
    self.status = status
    self.logger = logger
    do throws(PostgreSQLError) {
      self.stopping = try Wakeup()
    } catch {
      throw LogError(opening: error)
    }
  }

  /// Ends `run`, now or when it is called.
  nonisolated func stop() {
    self.isStopped.withLock { $0 = true }
    self.stopping.signal()
  }

  /// Listens until `stop` is called; it connects again when the connection is lost.
  func run() {
    var backoff = Backoff()
    while !self.isStopped.withLock({ $0 }) {
      do throws(PostgreSQLError) {
        let connection = try self.database.connect(wakeup: self.stopping)
        _ = try connection.run(
          .command("LISTEN \(Database.channel)"),
          until: self.database.deadline
        )
        backoff = Backoff()
        try self.hear(connection)
      } catch {
        if error.code == .interrupted { return }
        if error.isOutage {
          // Nobody may store anything now: then the writer would not notice.
          self.status.note(.databaseIsOutOfReach, serverProcess: nil)
        }
        self.logger.debug(
          "Commits of other nodes are not heard of now",
          metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
        )
        if self.stopping.wait(until: .now + backoff.next()) { return }
      }
    }
  }

  private func hear(_ connection: Connection) throws(PostgreSQLError) -> Never {
    var seen: Position?
    while true {
      let end = try LogEnd(connection.run(LogEnd.read, until: self.database.deadline))
      self.status.note(bytes: end.bytes)
      // What was committed before it listened has notified nobody.
      if end.position != seen { self.news.announce() }
      seen = end.position
      let next = ContinuousClock.now + Self.lookInterval
      while .now < next {
        let process = self.status.serverProcess
        if try connection.waitForNotification(besidesThoseOf: process, until: next) {
          self.news.announce()
        }
      }
    }
  }
}
