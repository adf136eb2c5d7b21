public import RequestLog

extension SQLiteLogStore: ImportingLog {
  /// The limits of an entry's fields.
  public var entryLimits: EntryLimits { self.configuration.limits }

  /// Stores entries unchanged, in one transaction, up to the first that fails.
  public func importBatch(_ entries: [StoredEntry]) async throws(LogError) -> [ImportOutcome] {
    try await self.writer.importBatch(entries)
  }
}
