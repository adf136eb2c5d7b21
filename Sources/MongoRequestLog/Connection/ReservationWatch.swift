internal import Identifiers

/// Tells which reservations are there for so long that their nodes must be dead or cut off.
struct ReservationWatch {
  private var firstSeen: [Identifier: ContinuousClock.Instant] = [:]
  private let patience: Duration

  init(patience: Duration) {
    self.patience = patience
  }

  /// - Parameter reservations: those that are there now.
  mutating func stale(
    _ reservations: [LogEnd.Reservation],
    now: ContinuousClock.Instant = .now
  ) -> [LogEnd.Reservation] {
    var seen: [Identifier: ContinuousClock.Instant] = [:]
    for reservation in reservations {
      seen[reservation.token] = self.firstSeen[reservation.token] ?? now
    }
    self.firstSeen = seen
    return reservations.filter { reservation in
      seen[reservation.token].map { now - $0 >= self.patience } ?? false
    }
  }
}
