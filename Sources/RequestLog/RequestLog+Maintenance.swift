internal import Foundation
public import Identifiers
internal import SQLite

extension RequestLog {
  /// Removes entries that are too old, then the oldest ones while there is too much.
  ///
  /// It works in small steps, between which entries are stored. A task that is cancelled stops
  /// between two of them.
  ///
  /// - Returns: what was removed; that is final, also when this throws.
  /// - Throws: `diskFull` or `unavailable`.
  public func prune(_ retention: Retention) async throws(LogError) -> Removal {
    var removal = Removal.none
    if let age = retention.maximumAge {
      let now = self.configuration.clock().microseconds
      let oldest = Timestamp(microseconds: now &- Int64(clamping: age.microseconds))
      while !Task.isCancelled {
        let batch = try await self.writer.removeBatch(before: Position(firstAt: oldest))
        removal.add(batch)
        if batch.entries == 0 { break }
      }
    }
    if let maximum = retention.maximumBytes {
      var excess = try await self.stats().total.bytes - maximum
      while excess > 0, !Task.isCancelled {
        let end = Position(rawValue: .max)
        let batch = try await self.writer.removeBatch(before: end, maximumBytes: excess)
        removal.add(batch)
        excess -= batch.bytes
        if batch.entries == 0 { break }
      }
    }
    return removal
  }

  /// Removes all that a user has logged up to now, so that it is nowhere in the log's files any
  /// more: not in the tables, not in the index of words, not in the write-ahead log.
  ///
  /// Entries are stored between its small steps, but wait for its last one, which writes the whole
  /// file anew and for a while needs twice its size on the disk, and once in the folder for temporary
  /// files. Copies of the log (backups, and the one that an upgrade leaves) are not touched.
  ///
  /// - Throws: `diskFull`, `unavailable` or `cancelled`: the user's data may be there in part, until
  ///   it is called again.
  public func erase(user userID: Identifier) async throws(LogError) -> Removal {
    var removal = Removal.none
    let end = try await self.writer.end()
    while true {
      try self.checkCancellation()
      let batch = try await self.writer.removeBatch(of: userID, before: end)
      removal.add(batch)
      if batch.entries == 0 { break }
    }
    try await self.writer.beginMerge()
    while try await self.writer.continueMerge() { try self.checkCancellation() }
    try await self.writer.rewrite()
    try await self.emptyWriteAheadLog()
    return removal
  }

  /// SQLite does not wait for another checkpoint, such as the log's own between two commits: so this does.
  private func emptyWriteAheadLog() async throws(LogError) {
    let end = ContinuousClock.now + self.configuration.busyTimeout
    while try await !self.writer.emptyWriteAheadLog() {
      try self.checkCancellation()
      if ContinuousClock.now >= end {
        throw LogError(
          .unavailable,
          "The entries are removed, but another program still reads a state of the log that has "
            + "them; erase again later"
        )
      }
      // When it is cancelled, the check above says so.
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  private func checkCancellation() throws(LogError) {
    if Task.isCancelled { throw .abandoned }
  }
}

extension Duration {
  fileprivate var microseconds: Int128 { Int128(self.attoseconds) / 1_000_000_000_000 }
}
