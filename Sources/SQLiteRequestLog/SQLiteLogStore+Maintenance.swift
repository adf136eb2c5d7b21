internal import Foundation
public import Identifiers
public import RequestLog
internal import SQLite

extension SQLiteLogStore {
  /// Removes entries that are too old, then the oldest ones until the files are small enough.
  ///
  /// It works in small steps, between which entries are stored, and stops there when the task is
  /// cancelled.
  ///
  /// - Returns: what was removed.
  /// - Throws: `diskFull`, `unavailable` or `cancelled`.
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
    if removal.entries > 0 { try await self.giveBackSpace() }
    if let maximum = retention.maximumBytes {
      // The rest is for the write-ahead log, and for new entries until the next time.
      removal.add(try await self.shrink(to: maximum / 4 * 3))
    }
    return removal
  }

  /// Whether the files are over the limit, and the log should be pruned now.
  public func exceeds(_ retention: Retention) async -> Bool {
    guard let maximum = retention.maximumBytes else { return false }
    return await self.writer.fileBytes() > maximum
  }

  private func shrink(to size: Int) async throws(LogError) -> Removal {
    var removal = Removal.none
    while !Task.isCancelled {
      let used = try await self.writer.space().used
      guard used > size else { break }
      // Assumes that all parts of the file shrink alike.
      let texts = try await self.stats().total.bytes
      let share = Double(used - size) / Double(used)
      var excess = max(Int(Double(texts) * share), 1)
      let before = removal.entries
      while excess > 0, !Task.isCancelled {
        let end = Position(rawValue: .max)
        let batch = try await self.writer.removeBatch(before: end, maximumBytes: excess)
        removal.add(batch)
        if batch.entries == 0 { break }
        // An entry from another program may claim to have no size.
        excess -= max(batch.bytes, 1)
      }
      try await self.giveBackSpace()
      if removal.entries == before { break }
    }
    if await self.writer.fileBytes() > size { try await self.giveBackSpace() }
    return removal
  }

  /// Shrinks the files to nearly the size of their contents.
  private func giveBackSpace() async throws(LogError) {
    if try await self.writer.isMergeDue() {
      try await self.writer.beginMerge()
      while try await self.writer.continueMerge() { try self.checkCancellation() }
    }
    while try await self.writer.giveBackStep() { try self.checkCancellation() }
    try await self.writer.shortenWriteAheadLog()
  }

  /// Erases all that a user has logged so far from the tables, the index of words and the
  /// write-ahead log.
  ///
  /// Entries are stored between its small steps, but wait for the last one, which rewrites the
  /// whole file, and for a while needs twice its size on the disk and once in the folder for
  /// temporary files. Copies of the log (backups, and the one that an upgrade leaves) are not
  /// changed.
  ///
  /// - Throws: `diskFull`, `unavailable` or `cancelled`: some of the user's data may remain; call
  ///   it again.
  public func erase(user userID: Identifier) async throws(LogError) -> Removal {
    var removal = Removal.none
    let end = try await self.writer.end()
    while true {
      try self.checkCancellation()
      let batch = try await self.writer.removeBatch(of: userID, before: end)
      removal.add(batch)
      if batch.entries == 0 { break }
    }
    try await self.cleanUp()
    return removal
  }

  /// Leaves nothing of removed entries in the file, the index of words and the write-ahead log, and gives
  /// back their space. Storing waits for the last of its steps, which rewrites the whole file.
  ///
  /// - Throws: `diskFull`, `unavailable` or `cancelled`.
  public func cleanUp() async throws(LogError) {
    try await self.writer.beginMerge()
    while try await self.writer.continueMerge() { try self.checkCancellation() }
    try await self.writer.rewrite()
    try await self.emptyWriteAheadLog()
  }

  /// Waits for other checkpoints, such as the log's own between two commits, because SQLite does
  /// not.
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
      // The check above notices cancellation.
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
