internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog

extension LogWriter {
  /// How often an entry is tried again because other nodes were faster: with its idempotency key, or in
  /// filling its position.
  private static let tries = 20

  /// Stores entries of another log at the end of this one, in their order. Without entries, it waits until
  /// all that was written before is durable.
  func forward(_ entries: [StoredEntry]) throws(LogError) -> [ForwardOutcome] {
    if self.isClosed { throw .closed }
    var outcomes: [ForwardOutcome?] = entries.map { _ in nil }
    var tries = 0
    repeat {
      let before = outcomes.count { $0 != nil }
      try self.forwardOnce(entries, &outcomes)
      tries = outcomes.count { $0 != nil } > before ? 0 : tries + 1
    } while tries < Self.tries && outcomes.contains { $0 == nil }
    let results = outcomes.compactMap(\.self)
    guard results.count == entries.count else {
      throw LogError(
        writing: MongoDBError(.invalid, "other nodes always store the same keys first")
      )
    }
    self.announce()
    return results
  }

  /// Stores entries without an outcome, up to the first that fails.
  private func forwardOnce(
    _ entries: [StoredEntry],
    _ outcomes: inout [ForwardOutcome?]
  ) throws(LogError) {
    let database = self.database
    let start = ContinuousClock.now
    let open = outcomes.indices.filter { outcomes[$0] == nil }
    if open.isEmpty {
      return try self.attempt(since: start) { client throws(MongoDBError) in
        try LogEnd.confirm(client, database)
      }
    }
    var places = try self.attempt(since: start, isWrite: false) { client throws(MongoDBError) in
      try ForwardedPlaces(open.map { entries[$0] }, client, database)
    }
    var placed: [(index: Int, entry: StoredEntry, outcome: ForwardOutcome)] = []
    for index in open {
      let (entry, outcome) = places.place(entries[index])
      if let entry { placed.append((index, entry, outcome)) } else { outcomes[index] = outcome }
    }
    if placed.isEmpty { return }
    let reservation = try self.reserve(placed.count, since: start)
    let documents = placed.enumerated().map { number, row in
      EntryDocument(
        position: reservation.position(number),
        entry: row.entry,
        isForwarded: true
      ).document(words: self.words(of: row.entry.content))
    }
    var isInDoubt = false
    defer { self.release(reservation, mustBeFilled: isInDoubt) }
    for insertion in Insertion.insertions(of: documents) {
      // Its order is that of the entries: it ends at the first that fails.
      let failures = try self.insert(insertion, isOrdered: true, since: start, &isInDoubt)
      let end = failures.keys.min() ?? .max
      for number in insertion.indices where number < end {
        outcomes[placed[number].index] = placed[number].outcome
        self.status.add(size: documents[number].size)
      }
      guard let error = failures[end] else { continue }
      // An id, a key or a position was taken meanwhile: all are looked at again.
      if error.code != .server(MongoDBError.duplicateKey) {
        self.note(error, "An entry could not be stored")
        outcomes[placed[end].index] = .refused(LogError(writing: error))
      }
      return
    }
  }
}

extension ForwardedPlaces {
  /// Reads what the log has at the ids and keys of forwarded entries.
  fileprivate init(
    _ forwarded: [StoredEntry],
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    let found = try client.all(
      [
        "find": .text(Database.entries),
        "filter": ["_id": ["$in": .array(forwarded.map { .text($0.id.description) })]],
        "projection": EntryDocument.projection,
      ],
      in: database.name
    )
    self.init(
      entries: found.compactMap { EntryDocument($0)?.entry },
      keys: try EntryKeys(forwarded.compactMap { EntryKeys.Key($0) }, client, database)
    )
  }
}
