public import Identifiers
public import RequestLog

extension MongoLogStore {
  /// Removes entries that are too old, then the oldest ones until their documents are small enough. What
  /// other programs have in the collection does not count. It removes nothing while another node does it.
  ///
  /// - Returns: what was removed.
  /// - Throws: `unavailable` or `cancelled`.
  public func prune(_ retention: Retention) async throws(LogError) -> Removal {
    try await self.maintainer.prune(
      before: { now in
        retention.maximumAge.map { age in
          let microseconds = Int128(age.attoseconds) / 1_000_000_000_000
          return Timestamp(microseconds: now.microseconds &- Int64(clamping: microseconds))
        }
      },
      // The rest is for new entries until the next time.
      maximumSize: retention.maximumBytes.map { $0 / 4 * 3 },
      clock: self.configuration.clock
    )
  }

  /// Whether the log's documents may be over the limit, and should be pruned now.
  public func exceeds(_ retention: Retention) async -> Bool {
    guard let maximum = retention.maximumBytes else { return false }
    return await self.maintainer.size().map { $0 > maximum } ?? false
  }

  /// Erases all that a user has logged so far from the collection and its indexes.
  ///
  /// What the database keeps elsewhere is not changed: its oplog and journal until they are used again,
  /// secondaries until they have followed, and backups for as long as they are kept.
  ///
  /// - Throws: `unavailable` or `cancelled`: some of the user's data may remain; call it again.
  public func erase(user userID: Identifier) async throws(LogError) -> Removal {
    try await self.maintainer.erase(userID)
  }
}
