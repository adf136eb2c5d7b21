/// A log that stores entries with their ids and times.
public protocol ImportingLog: LogStore {
  /// The limits of an entry's fields.
  var entryLimits: EntryLimits { get }

  /// Stores entries unchanged, in one transaction, up to the first that fails.
  ///
  /// - Returns: an outcome for each entry, up to the failed one.
  /// - Throws: `diskFull` or `unavailable`. The entries may be imported again.
  func importBatch(_ entries: [StoredEntry]) async throws(LogError) -> [ImportOutcome]
}

/// The outcome of one imported entry.
public enum ImportOutcome: Sendable {
  case added
  /// The log already has it.
  case skipped
  case failed(LogError)
}

extension ImportingLog {
  /// Stores entries with their ids and times. Entries that the log already has are skipped, so that
  /// an interrupted import can be repeated.
  ///
  /// It works in small steps, between which other entries are stored. The log's limits apply.
  ///
  /// - Parameter lines: the output of `ExportableLog.export`; blank lines are skipped.
  /// - Throws: `invalid` or `alreadyExists` with the number of the line, counted from 1: all lines
  ///   before it are stored; `diskFull`, `unavailable`, or an error of `lines`.
  public func importLines<Lines: AsyncSequence>(
    _ lines: Lines
  ) async throws -> ImportSummary where Lines.Element == String {
    var summary = ImportSummary(added: 0, skipped: 0)
    var batch = ImportBatch()
    var number = 0
    for try await line in lines {
      number += 1
      if line.utf8.allSatisfy({ " \t\r\n".utf8.contains($0) }) { continue }
      do throws(LogError) {
        let entry = try StoredEntry(jsonLine: line)
        try entry.check(self.entryLimits)
        batch.append(entry, line: number)
      } catch {
        try await self.store(&batch, &summary)
        throw error.at(line: number)
      }
      if batch.isFull { try await self.store(&batch, &summary) }
    }
    try await self.store(&batch, &summary)
    return summary
  }

  private func store(
    _ batch: inout ImportBatch,
    _ summary: inout ImportSummary
  ) async throws(LogError) {
    let outcomes = try await self.importBatch(batch.entries)
    for (line, outcome) in zip(batch.lines, outcomes) {
      switch outcome {
      case .added: summary.added += 1
      case .skipped: summary.skipped += 1
      case .failed(let error): throw error.at(line: line)
      }
    }
    batch = ImportBatch()
  }
}

/// Entries that are stored in one transaction.
private struct ImportBatch {
  private(set) var entries: [StoredEntry] = []
  private(set) var lines: [Int] = []
  private var bytes = 0

  var isFull: Bool { self.entries.count >= 100 || self.bytes >= 1 << 20 }

  mutating func append(_ entry: StoredEntry, line: Int) {
    self.entries.append(entry)
    self.lines.append(line)
    // The log's limits apply.
    self.bytes += entry.promptBytes + entry.responseBytes
  }
}

extension LogError {
  fileprivate func at(line: Int) -> LogError {
    var error = self
    error.message = "Line \(line): \(error.message)"
    return error
  }
}

/// Errors of imported entries, common to all stores.
extension LogError {
  package static let timeIsInTheFuture = LogError(.invalid, "timestamp_us is in the future")

  package static let idIsTaken = LogError(.alreadyExists, "id belongs to another entry")

  package static let timeIsCrowded = LogError(
    .invalid,
    "timestamp_us is shared by too many entries"
  )
}
