public import Identifiers

/// A log that can be counted and exported: all its entries, oldest first, as lines of JSON.
public protocol ExportableLog: Sendable {
  /// How much the log holds.
  ///
  /// - Parameter userID: whose entries are counted; nil counts everyone's.
  /// - Throws: `unavailable`.
  func stats(of userID: Identifier?) async throws(LogError) -> LogStatistics

  /// The entries that the log has now, oldest first; with later ones, it might never end.
  ///
  /// - Throws: `unavailable`.
  func entriesUntilNow() async throws(LogError) -> LogEntries
}

extension ExportableLog {
  /// Writes the entries that the log has now to a new file of mode 0600: a line of JSON for each,
  /// oldest first, for `ImportingLog.importLines`.
  ///
  /// - Parameter progress: called after each entry, with the number written so far.
  /// - Returns: the number of entries.
  /// - Throws: `invalid` when a file exists at `path`, `diskFull`, `unavailable` or `cancelled`; no
  ///   file is then created.
  public func export(
    to path: String,
    progress: (Int) -> Void = { _ in }
  ) async throws(LogError) -> Int {
    let file = try NewFile(path)
    defer { file.discard() }
    let writer = LineWriter(try file.open())
    let count = try await self.export(to: writer, progress: progress)
    try writer.synchronise()
    try file.finish()
    return count
  }

  /// Writes the entries, as the other function does, to an open file such as a pipe.
  ///
  /// - Parameter descriptor: the file, which stays open.
  /// - Throws: `unavailable`, `diskFull` or `cancelled`; some entries may have been written.
  public func export(
    toDescriptor descriptor: CInt,
    progress: (Int) -> Void = { _ in }
  ) async throws(LogError) -> Int {
    let writer = LineWriter(descriptor, isClosed: false)
    let count = try await self.export(to: writer, progress: progress)
    try writer.flush()
    return count
  }

  private func export(
    to writer: LineWriter,
    progress: (Int) -> Void
  ) async throws(LogError) -> Int {
    var count = 0
    var entries = try await self.entriesUntilNow().makeAsyncIterator()
    while let entry = try await entries.next() {
      try writer.add(entry.jsonLine())
      count += 1
      progress(count)
    }
    // The iteration then ended early.
    if Task.isCancelled { throw .abandoned }
    return count
  }
}
