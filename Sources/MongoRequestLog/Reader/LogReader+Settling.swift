internal import Identifiers
internal import MongoDB
internal import RequestLog

/// Reading in the order of positions: only where no entry can come any more.
extension LogReader {
  /// How long to wait before looking for reservations again: most are released within milliseconds.
  private static let pauses = (
    shortest: Duration.milliseconds(2), longest: Duration.milliseconds(50)
  )
  /// How long a server that has become the primary may take to know what is durable.
  private static let catchingUpTime = Duration.seconds(15)

  /// Where the log ends now, and what is still missing before it.
  private enum Step<Result: Sendable>: Sendable {
    case settled(Result)
    case waiting(LogEnd)
    /// The server does not know yet what is durable.
    case stale
  }

  /// Runs `body` with the end of the log, when no entry can come before it any more (see `LogEnd`).
  ///
  /// `body` runs with the client that has seen this, in one session: it sees all of those entries,
  /// whichever server is then the primary. Reservations that are there for too long are filled.
  ///
  /// - Throws: `overloaded`, `cancelled` or `unavailable`.
  nonisolated func settled<Result: Sendable>(
    _ body: @Sendable (borrowing Client, _ end: Position) throws(MongoDBError) -> Result
  ) async throws(LogError) -> Result {
    let database = self.database
    var bound: Position?
    var awaited: Set<Identifier> = []
    var watch = ReservationWatch(patience: self.reservationTime)
    var pause = Self.pauses.shortest
    var staleSince: ContinuousClock.Instant?
    while true {
      let (target, tokens) = (bound, awaited)
      let step = try await self.step { (client) throws(MongoDBError) -> Step<Result> in
        let end = try LogEnd(client, database)
        guard self.status.note(end: end.position) else { return .stale }
        let isWaiting = end.reservations.contains { target == nil || tokens.contains($0.token) }
        return isWaiting ? .waiting(end) : .settled(try body(client, (target ?? end.position).next))
      }
      switch step {
      case .settled(let result): return result
      case .waiting(let end):
        staleSince = nil
        if bound == nil {
          // Those that come later are for positions behind it.
          bound = end.position
          awaited = Set(end.reservations.map(\.token))
        }
        for reservation in watch.stale(end.reservations.filter({ awaited.contains($0.token) })) {
          try await self.fill(reservation)
        }
      case .stale:
        if let since = staleSince, .now - since > Self.catchingUpTime {
          throw LogError(.unavailable, "The log's database is behind what it was")
        }
        staleSince = staleSince ?? .now
      }
      do {
        try await Task.sleep(for: pause)
      } catch {
        throw .abandoned
      }
      pause = min(pause * 2, Self.pauses.longest)
    }
  }

  private func step<Result>(
    _ body: @Sendable (borrowing Client) throws(MongoDBError) -> Step<Result>
  ) throws(LogError) -> Step<Result> {
    try self.read(body)
  }

  private func fill(_ reservation: LogEnd.Reservation) throws(LogError) {
    let database = self.database
    do throws(MongoDBError) {
      try database.readingPool.withClient { client throws(MongoDBError) in
        try Filling.fill(reservation, client, database)
      }
    } catch {
      if error.code == .server(MongoDBError.unauthorized) { throw .cannotFill(error) }
      // It is tried again, unless nothing can be read either.
      if !error.isOutage { throw LogError(reading: error) }
    }
  }
}

extension LogError {
  /// Positions are reserved by a node that is dead, and this user may not fill them.
  fileprivate static func cannotFill(_ error: MongoDBError) -> LogError {
    LogError(
      .unavailable,
      """
      A server has died while it stored entries, and the user may not clear its place: start a server, \
      or grant insert on requests and update on tokenwire
      """,
      cause: error
    )
  }
}
