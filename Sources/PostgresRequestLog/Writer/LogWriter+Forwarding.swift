internal import Identifiers
internal import PostgreSQL
internal import RequestLog

extension LogWriter {
  /// A forwarded entry and its words.
  private typealias Forwarded = (entry: StoredEntry, words: Set<[UInt8]>?)

  /// Stores entries of another log at the end of this one. Without entries, it waits for the
  /// transactions before it.
  func forward(_ entries: [StoredEntry]) throws(LogError) -> [ForwardOutcome] {
    if self.isClosed { throw .closed }
    let outcomes = try self.store(entries.map { ($0, self.words(of: $0.content)) })
    self.announce()
    return outcomes
  }

  private func store(_ entries: [Forwarded]) throws(LogError) -> [ForwardOutcome] {
    do throws(LogError) {
      return try self.transaction(
        reading: [EntryRow.find(entries.map(\.entry.id))]
          + EntryKeys.read(entries.compactMap { EntryKeys.Key($0.entry) })
      ) { end, read in
        self.newRows(of: entries, at: end, read)
      }
    } catch {
      // What the server refuses of one must not keep the others back.
      guard (error.cause as? PostgreSQLError)?.isAboutValues == true else { throw error }
      if entries.count == 1 { return [.refused(error)] }
      let half = entries.count / 2
      return try self.store(Array(entries[..<half])) + self.store(Array(entries[half...]))
    }
  }

  /// - Parameter read: the rows that have the entries' ids, and those that have their keys, if they have
  ///   some.
  private func newRows(
    of entries: [Forwarded],
    at end: LogEnd,
    _ read: [Rows]
  ) -> (rows: [EntryRow], result: [ForwardOutcome]) {
    let found = read[0]
    var places = ForwardedPlaces(
      entries: (0 ..< found.count).map { EntryRow(found, $0).entry },
      keys: EntryKeys(read.count > 1 ? read[1] : nil)
    )
    var stamps = end.stamps
    var rows: [EntryRow] = []
    let outcomes = entries.map { entry, words -> ForwardOutcome in
      let (placed, outcome) = places.place(entry)
      guard let placed else { return outcome }
      let stamp = stamps.next(now: self.configuration.clock?() ?? end.now)
      rows.append(
        EntryRow(
          position: Position(firstAt: stamp.timestamp),
          entry: placed,
          ownID: stamp.id,
          words: words
        )
      )
      return outcome
    }
    return (rows, outcomes)
  }
}
