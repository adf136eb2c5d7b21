internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog

extension LogWriter {
  /// How often entries are looked at again because another node has taken their places meanwhile.
  private static let attempts = 20

  /// Stores entries unchanged, in their order, up to the first that fails.
  ///
  /// There is no transaction: when it fails, some of the first entries may be stored, and are skipped
  /// when the import is repeated.
  ///
  /// - Returns: an outcome for each entry, up to the failed one.
  func importBatch(_ entries: [StoredEntry]) throws(LogError) -> [ImportOutcome] {
    if self.isClosed { throw .closed }
    let words = entries.map { self.words(of: $0.content) }
    var added: Set<ULID> = []
    var isInDoubt = false
    for _ in 0 ..< Self.attempts {
      let start = ContinuousClock.now
      let plan = try self.plan(entries, added: added, isInDoubt: isInDoubt, since: start)
      if plan.rows.isEmpty { return plan.outcomes }
      if let last = plan.rows.map(\.row.entry.timestamp).max() {
        let database = self.database
        try self.attempt(since: start, isInDoubt: isInDoubt) { client throws(MongoDBError) in
          try LogEnd.advance(past: last, client, database)
        }
      }
      let documents = plan.rows.map { $0.row.document(words: words[$0.index]) }
      var isTaken = false
      for insertion in Insertion.insertions(of: documents) where !isTaken {
        // What is in doubt is looked at again: an entry that is there is the same one.
        let failures = try self.insert(insertion, isOrdered: true, since: start, &isInDoubt)
        // The first that fails ends it: those behind it were not inserted.
        let end = failures.keys.min() ?? .max
        for index in insertion.indices where index < end {
          added.insert(plan.rows[index].row.entry.id)
        }
        guard let error = failures[end] else { continue }
        guard error.code == .server(MongoDBError.duplicateKey) else {
          self.note(error, "An entry could not be imported")
          throw LogError(writing: error)
        }
        isTaken = true
      }
      if !isTaken {
        self.announce()
        return plan.outcomes
      }
    }
    throw LogError(writing: MongoDBError(.invalid, "other nodes import at the same time"))
  }

  /// What is to be inserted, and what becomes of each entry when that is done.
  private struct Plan {
    var rows: [(index: Int, row: EntryDocument)] = []
    var outcomes: [ImportOutcome] = []
  }

  /// - Parameter added: the entries that this import has inserted itself.
  private func plan(
    _ entries: [StoredEntry],
    added: Set<ULID>,
    isInDoubt: Bool,
    since start: ContinuousClock.Instant
  ) throws(LogError) -> Plan {
    let database = self.database
    let clock = self.configuration.clock
    let (now, read) = try self.attempt(
      since: start,
      isInDoubt: isInDoubt,
      isWrite: false
    ) { client throws(MongoDBError) in
      // The log's time may be a little ahead.
      let now = try max(
        ServerTime.read(client, database),
        LogEnd(client, database).position.timestamp
      )
      return (clock?() ?? now, try ImportedPlaces(entries, client, database))
    }
    var places = read
    var plan = Plan()
    for (index, entry) in entries.enumerated() {
      switch places.place(entry, now: now) {
      case .success(let position?):
        plan.rows.append((index, EntryDocument(position: position, entry: entry)))
        plan.outcomes.append(.added)
      case .success(nil): plan.outcomes.append(added.contains(entry.id) ? .added : .skipped)
      case .failure(let error):
        plan.outcomes.append(.failed(error))
        return plan
      }
    }
    return plan
  }
}

extension ImportedPlaces {
  /// Reads what the log has at the ids, times and keys of imported entries.
  fileprivate init(
    _ imported: [StoredEntry],
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    let ids = imported.map { Value.text($0.id.description) }
    let found = try client.all(
      [
        "find": .text(Database.entries), "filter": ["_id": ["$in": .array(ids)]],
        "projection": EntryDocument.projection,
      ],
      in: database.name
    )
    var last: [Position] = []
    // Most are not there: then their times are looked at.
    for time in Set(imported.map(\.timestamp)) {
      let start = Position(firstAt: time).rawValue
      let range: Value = [
        "$gte": .int64(start), "$lt": .int64(start.addingClamped(1 << Position.tieBits)),
      ]
      let reply = try client.read(
        [
          "find": .text(Database.entries), "filter": ["position": range],
          "sort": ["position": -1], "projection": ["position": 1], "limit": 1, "singleBatch": true,
        ],
        in: database.name
      )
      guard let position = Cursor(reply).documents.first?["position"]?.integer else { continue }
      last.append(Position(rawValue: position))
    }
    self.init(
      entries: found.compactMap { EntryDocument($0)?.entry },
      last: last,
      keys: try EntryKeys(imported.compactMap { EntryKeys.Key($0) }, client, database)
    )
  }
}
