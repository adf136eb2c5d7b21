internal import Concurrency
internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog

/// Looks for what other nodes store, on a thread of its own, and wakes the queries that follow the log.
/// It also notices when the database is lost, and when it is there again.
actor LogListener {
  private let executor = ThreadExecutor(name: "tokenwire-mghear")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  /// How often it looks. A change stream would tell sooner, but not every server has them.
  private static let interval = Duration.milliseconds(250)

  private let database: Database
  private let news: CommitNews
  private let status: LogStatus
  private let logger: Logger
  private var watch: ReservationWatch
  private nonisolated let stopping = Interruption()

  init(
    _ database: Database,
    reservationTime: Duration,
    news: CommitNews,
    status: LogStatus,
    logger: Logger
  ) {
    self.database = database
    self.news = news
    self.status = status
    self.logger = logger
    self.watch = ReservationWatch(patience: reservationTime)
  }

  /// Ends `run`, now or when it is called.
  nonisolated func stop() {
    self.stopping.signal()
  }

  /// Looks until `stop` is called.
  func run() {
    self.status.isKeptConnected = true
    defer { self.status.isKeptConnected = false }
    var backoff = Backoff()
    var seen: (position: Position, tokens: [Identifier])?
    var pause = Duration.zero
    while !self.stopping.pause(pause) {
      let database = self.database
      do throws(MongoDBError) {
        let end = try database.pool.withClient { client throws(MongoDBError) in
          // What can be read tells nothing of what can be written durably.
          if self.status.isUndurable {
            try LogEnd.confirm(client, database)
            self.status.noteWritten()
          }
          return try LogEnd(client, database)
        }
        self.status.noteRead()
        backoff = Backoff()
        pause = Self.interval
        let tokens = end.reservations.map(\.token)
        // An entry can be read when it is reserved, and later when all before it are released.
        if seen?.position != end.position || seen?.tokens != tokens { self.news.announce() }
        seen = (end.position, tokens)
        for reservation in self.watch.stale(end.reservations) {
          try database.pool.withClient { client throws(MongoDBError) in
            try Filling.fill(reservation, client, database)
          }
        }
      } catch {
        if error.isOutage { self.status.note(error) }
        self.logger.debug(
          "Entries of other nodes are not heard of now",
          metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
        )
        pause = backoff.next()
      }
    }
  }
}
