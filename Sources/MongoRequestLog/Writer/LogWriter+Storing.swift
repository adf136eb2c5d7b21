internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog

/// How a group of entries is stored: positions are reserved, documents inserted, and the reservation is
/// released (`LogEnd` tells why).
extension LogWriter {
  /// How often entries are stored again because other nodes were faster: with their idempotency keys,
  /// or in filling their positions.
  private static let rounds = 20
  /// How many reservations without an answer are remembered.
  private static let maximumOrphans = 256

  /// Stores entries, each by itself: what the server refuses of one does not fail the others.
  func store(_ entries: [ValidEntry]) -> [Result<StoredEntry, LogError>] {
    var group = EntryGroup(entries)
    for _ in 0 ..< Self.rounds where !group.isDone {
      do throws(LogError) {
        try self.storeOnce(&group)
      } catch {
        group.fail(error)
      }
    }
    let crowded = MongoDBError(.invalid, "other nodes always store the same keys first")
    group.fail(LogError(writing: crowded))
    return group.outcomes.map { $0 ?? .failure(.closed) }
  }

  /// - Throws: what fails all that have no outcome yet.
  private func storeOnce(_ group: inout EntryGroup) throws(LogError) {
    let database = self.database
    let start = group.start
    let keys = group.openKeys
    let stored = try self.attempt(since: start, isWrite: false) { client throws(MongoDBError) in
      try EntryKeys(keys, client, database)
    }
    let indices = group.resolve(by: stored)
    if indices.isEmpty { return }
    let reservation = try self.reserve(indices.count, since: start)
    let rows = indices.enumerated().map { number, index in
      group.row(index, at: reservation.position(number))
    }
    let documents = rows.map { row in row.document(words: self.words(of: row.entry.content)) }
    var failures: [Int: LogError] = [:]
    var duplicates: Set<Int> = []
    var isInDoubt = false
    for insertion in Insertion.insertions(of: documents) {
      let failed: [Int: MongoDBError]
      do throws(LogError) {
        failed = try self.insert(insertion, since: start, &isInDoubt)
      } catch {
        for index in insertion.indices { failures[index] = error }
        continue
      }
      for (index, error) in failed {
        if error.code == .server(MongoDBError.duplicateKey) {
          duplicates.insert(index)
        } else {
          self.note(error, "An entry could not be stored")
          failures[index] = LogError(writing: error)
        }
      }
    }
    for (number, row) in rows.enumerated() where !duplicates.contains(number) {
      group.end(indices[number], failures[number].map { .failure($0) } ?? .success(row.entry))
      if failures[number] == nil { self.status.add(size: documents[number].size) }
    }
    if !duplicates.isEmpty {
      do throws(LogError) {
        let mine = try self.stored(among: duplicates.map { rows[$0] }, start)
        for number in duplicates where mine.contains(rows[number].entry.id) {
          group.end(indices[number], .success(rows[number].entry))
        }
        // The key or the position of the others was taken: they are stored in the next round.
      } catch {
        for number in duplicates { group.end(indices[number], .failure(error)) }
      }
    }
    self.release(reservation, mustBeFilled: isInDoubt)
  }

  /// Reserves positions. An attempt that was not answered may have been made: its reservation is
  /// released with the next one.
  func reserve(
    _ count: Int,
    since start: ContinuousClock.Instant
  ) throws(LogError) -> LogEnd.Reservation {
    let database = self.database
    let clock = self.configuration.clock
    return try self.attempt(since: start) { client throws(MongoDBError) in
      let token = Identifier(ULID(value: UInt128.random(in: 0 ... .max)).description)
      do throws(MongoDBError) {
        return try LogEnd.reserve(count, token: token, now: clock?(), client, database)
      } catch {
        if error.isInDoubt { self.addOrphan(token) }
        throw error
      }
    }
  }

  /// Those that are there for too long are released by whoever reads the log, as those of a dead node.
  private func addOrphan(_ token: Identifier) {
    self.orphans.append(token)
    if self.orphans.count > Self.maximumOrphans { self.orphans.removeFirst() }
  }

  /// Inserts documents. When the answer is lost, nobody knows whether they are there: they are sent
  /// again with the same ids, which the server takes once.
  ///
  /// - Parameters:
  ///   - isOrdered: whether to stop at the first that fails.
  ///   - isInDoubt: becomes true when an insertion was not answered: it may still be on its way.
  /// - Throws: `inDoubt` when it is not known whether they are stored.
  func insert(
    _ insertion: Insertion,
    isOrdered: Bool = false,
    since start: ContinuousClock.Instant,
    _ isInDoubt: inout Bool
  ) throws(LogError) -> [Int: MongoDBError] {
    let database = self.database
    var isLost = false
    var isUnanswered = false
    while true {
      do throws(MongoDBError) {
        return try self.withClient(isUrgent: isLost) { client throws(MongoDBError) in
          try insertion.run(isOrdered: isOrdered, client, database)
        }
      } catch {
        isUnanswered = isUnanswered || error.isInDoubt
        isInDoubt = isInDoubt || isUnanswered
        try self.endure(error, since: start, isInDoubt: isUnanswered)
        isLost = true
      }
    }
  }

  /// The ids of those entries that are there: what has their key or their position is they themselves,
  /// from an earlier attempt, and durable on a majority.
  private func stored(
    among rows: [EntryDocument],
    _ start: ContinuousClock.Instant
  ) throws(LogError) -> Set<ULID> {
    let database = self.database
    let ids = rows.map { Value.text($0.entry.id.description) }
    return try self.attempt(
      since: start,
      isInDoubt: true,
      isWrite: false
    ) { client throws(MongoDBError) in
      let found = try client.all(
        [
          "find": .text(Database.entries), "filter": ["_id": ["$in": .array(ids)]],
          "projection": ["_id": 1],
        ],
        in: database.name
      )
      return Set(found.compactMap { $0["_id"]?.text.flatMap(ULID.init) })
    }
  }

  /// Releases a reservation. When that fails, its entries are stored all the same, and whoever reads
  /// the log fills and releases it.
  ///
  /// - Parameter mustBeFilled: whether an insertion may still be on its way.
  func release(_ reservation: LogEnd.Reservation, mustBeFilled: Bool) {
    let database = self.database
    let orphans = self.orphans
    do throws(MongoDBError) {
      try self.withClient { client throws(MongoDBError) in
        if mustBeFilled {
          try Filling.fill(reservation, client, database)
          if !orphans.isEmpty { try LogEnd.release(orphans, client, database) }
        } else {
          try LogEnd.release([reservation.token] + orphans, client, database)
        }
      }
      self.orphans = []
    } catch {
      self.logger.debug(
        "Positions in the log were not released",
        metadata: ["database": "\(self.database.parameters.place)", "error": "\(error)"]
      )
    }
  }
}
