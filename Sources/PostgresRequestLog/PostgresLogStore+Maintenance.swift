public import Identifiers
public import RequestLog

extension PostgresLogStore {
  /// Removes entries that are too old, then the oldest ones until their texts are small enough. One
  /// node prunes at a time; it does nothing while another does.
  ///
  /// - Returns: what was removed.
  /// - Throws: `unavailable` or `cancelled`.
  public func prune(_ retention: Retention) async throws(LogError) -> Removal {
    let clock = self.configuration.clock
    return try await self.maintainer.prune(
      before: { end in
        retention.maximumAge.map { age in
          let now = (clock?() ?? end.now).microseconds
          let microseconds = Int128(age.attoseconds) / 1_000_000_000_000
          return Timestamp(microseconds: now &- Int64(clamping: microseconds))
        }
      },
      // The rest is for new entries until the next time.
      maximumBytes: retention.maximumBytes.map { $0 / 4 * 3 }
    )
  }

  /// Whether the log's texts are over the limit, and should be pruned now.
  public func exceeds(_ retention: Retention) async -> Bool {
    guard let maximum = retention.maximumBytes else { return false }
    return self.status.bytes > maximum
  }

  /// Erases all that a user has logged so far from the tables and their indexes.
  ///
  /// What the database keeps elsewhere is not changed: its write-ahead log until that is used again,
  /// standbys until they have followed, archives and backups for as long as they are kept.
  ///
  /// - Throws: `unavailable` or `cancelled`: some of the user's data may remain; call it again.
  public func erase(user userID: Identifier) async throws(LogError) -> Removal {
    try await self.maintainer.erase(userID)
  }
}
