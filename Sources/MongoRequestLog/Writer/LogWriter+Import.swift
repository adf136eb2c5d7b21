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
    let (now, read, stored) = try self.attempt(
      since: start,
      isInDoubt: isInDoubt,
      isWrite: false
    ) { client throws(MongoDBError) in
      // The log's time may be a little ahead.
      let now = try max(
        ServerTime.read(client, database),
        LogEnd(client, database).position.timestamp
      )
      return (
        clock?() ?? now, try ImportedPlaces(entries, client, database),
        try EntryKeys(entries.compactMap { EntryKeys.Key($0) }, client, database)
      )
    }
    var places = read
    var keys = stored
    var plan = Plan()
    for (index, entry) in entries.enumerated() {
      switch Self.outcome(of: entry, now: now, added, &places, &keys) {
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

  /// - Returns: where the entry is to be stored; nil when the log has it.
  private static func outcome(
    of entry: StoredEntry,
    now: Timestamp,
    _ added: Set<ULID>,
    _ places: inout ImportedPlaces,
    _ keys: inout EntryKeys
  ) -> Result<Position?, LogError> {
    // The log's own next entry must come after it.
    guard entry.timestamp <= now else { return .failure(.timeIsInTheFuture) }
    if let stored = places.entries[entry.id] {
      return stored == entry ? .success(nil) : .failure(.idIsTaken)
    }
    let key = EntryKeys.Key(entry)
    if keys[key] != nil { return .failure(.keyInUse) }
    guard let position = places.take(at: entry.timestamp) else { return .failure(.timeIsCrowded) }
    places.entries[entry.id] = entry
    keys[key] = entry
    return .success(position)
  }
}

/// What is stored already at the ids and times of imported entries.
private struct ImportedPlaces {
  /// By the ids of imported entries.
  var entries: [ULID: StoredEntry] = [:]
  /// The last positions that are taken, by their times.
  private var last: [Timestamp: Position] = [:]

  init(
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
    for document in found {
      guard let entry = EntryDocument(document)?.entry else { continue }
      self.entries[entry.id] = entry
    }
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
      self.last[time] = Position(rawValue: position)
    }
  }

  /// - Returns: nil when all positions of the time are taken.
  mutating func take(at time: Timestamp) -> Position? {
    let position = self.last[time]?.next ?? Position(firstAt: time)
    guard position.timestamp == time else { return nil }
    self.last[time] = position
    return position
  }
}
