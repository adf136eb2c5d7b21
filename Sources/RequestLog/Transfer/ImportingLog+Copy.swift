extension ImportingLog {
  /// How many entries are stored in one transaction.
  private static var copyBatch: Int { 100 }

  /// Stores the entries of another log with their ids and times. Those that this log already has are
  /// skipped, so that an interrupted copy can be repeated; an entry that is here with other contents
  /// ends it.
  ///
  /// - Parameter progress: called after each batch, with the number of entries so far.
  /// - Throws: `invalid` or `alreadyExists` with the id of the entry: all entries before it are
  ///   stored; `diskFull`, `unavailable` or `cancelled`.
  public func importEntries(
    _ entries: LogEntries,
    progress: (Int) -> Void = { _ in }
  ) async throws(LogError) -> ImportSummary {
    var summary = ImportSummary(added: 0, skipped: 0)
    var batch: [StoredEntry] = []
    var bytes = 0
    for try await entry in entries {
      var entry = entry
      // What cannot be read is not copied; the rest is.
      entry.damage = nil
      batch.append(entry)
      bytes = bytes.addingClamped(entry.size)
      guard batch.count >= Self.copyBatch || bytes >= 1 << 20 else { continue }
      try await self.store(batch, &summary)
      progress(summary.added + summary.skipped)
      batch = []
      bytes = 0
    }
    // The iteration then ended early.
    if Task.isCancelled { throw .abandoned }
    if !batch.isEmpty { try await self.store(batch, &summary) }
    progress(summary.added + summary.skipped)
    return summary
  }

  private func store(
    _ batch: [StoredEntry],
    _ summary: inout ImportSummary
  ) async throws(LogError) {
    let outcomes = try await self.importBatch(batch)
    for (entry, outcome) in zip(batch, outcomes) {
      switch outcome {
      case .added: summary.added += 1
      case .skipped: summary.skipped += 1
      case .failed(var error):
        error.message = "Entry \(entry.id): \(error.message)"
        throw error
      }
    }
  }
}
