internal import Concurrency
internal import Identifiers
internal import Logging
internal import PostgreSQL
internal import RequestLog

/// Transactions that add entries to the end of the log, and what happens to them when the database
/// is lost.
extension LogWriter {
  /// How often a transaction is run again for the sake of others that the server has let pass.
  private static let conflicts = 5

  /// What a transaction tells when it is stored, and which rows it has then added.
  private struct Doubt<Result> {
    let rows: [(position: Position, id: ULID)]
    let result: Result
  }

  /// Adds rows to the log in one transaction, and returns when it is durable.
  ///
  /// When the connection is lost during the commit, nobody knows whether it has happened. The lock on
  /// the log's end tells: whoever has it knows how the earlier transaction has ended, and its rows
  /// are there or are not.
  ///
  /// - Parameters:
  ///   - statements: are run when the end is locked, so that no other node changes what they read.
  ///   - body: the rows to add; it may be called again. Without rows, nothing is committed.
  /// - Throws: `diskFull` or `unavailable`.
  func transaction<Result>(
    reading statements: [Statement],
    _ body: (LogEnd, [Rows]) -> (rows: [EntryRow], result: Result)
  ) throws(LogError) -> Result {
    let start = ContinuousClock.now
    var doubt: Doubt<Result>?
    var conflicts = 0
    // Whether the database was lost during this transaction, which then tries again itself.
    var isLost = false
    while true {
      // Whether the commit is sent and not answered.
      var isCommitting = false
      do throws(PostgreSQLError) {
        let connection = try self.connected(isUrgent: isLost)
        var reading: [Statement] = [.command("BEGIN"), LogEnd.lock]
        if let doubt { reading.append(Self.find(doubt.rows)) }
        let read = try connection.run(reading + statements, until: self.database.deadline)
        let end = try LogEnd(read[1])
        self.status.note(bytes: end.bytes)
        if let doubt, read[2].count > 0 {
          _ = try connection.run(.command("ROLLBACK"), until: self.database.deadline)
          return doubt.result
        }
        let result = body(end, Array(read[reading.count...]))
        if result.rows.isEmpty {
          _ = try connection.run(.command("ROLLBACK"), until: self.database.deadline)
          return result.result
        }
        doubt = Doubt(rows: result.rows.map { ($0.position, $0.entry.id) }, result: result.result)
        isCommitting = true
        _ = try connection.run(
          LogPartitions.addition(for: result.rows, end) + [
            EntryRow.insert(result.rows), LogEnd.advance(past: result.rows), LogEnd.notify,
            .command("COMMIT"),
          ],
          until: self.database.deadline
        )
        self.status.note(
          bytes: end.bytes.addingClamped(result.rows.reduce(0) { $0 + $1.entry.size })
        )
        return result.result
      } catch {
        // The server has told that nothing is stored.
        if case .server = error.code, isCommitting { doubt = nil }
        if error.isConflict, conflicts < Self.conflicts, self.rollBack() {
          conflicts += 1
          continue
        }
        guard error.isOutage else {
          self.note(error, "The log could not be written")
          if !self.rollBack() { self.connection = nil }
          throw doubt == nil ? LogError(writing: error) : .inDoubt(error)
        }
        try self.endure(error, since: start, isInDoubt: doubt != nil)
        isLost = true
      }
    }
  }

  /// The connection, which is made if there is none.
  ///
  /// - Parameter isUrgent: whether to try at once, although others do or it is not time yet.
  func connected(isUrgent: Bool = false) throws(PostgreSQLError) -> Connection {
    if let connection { return connection }
    if let outage, !isUrgent, self.status.isKeptConnected || .now < outage.nextAttempt {
      throw outage.error
    }
    let connection = try self.database.connect(isWriting: true)
    self.use(connection)
    return connection
  }

  func use(_ connection: Connection) {
    if self.outage != nil {
      self.logger.notice(
        "The log's database is there again",
        metadata: ["database": "\(self.database.parameters.place)"]
      )
    }
    self.connection = connection
    self.outage = nil
    self.status.note(.working, serverProcess: connection.serverProcess)
  }

  /// Notes that the database cannot be reached, and when to try again.
  func noteOutage(_ error: PostgreSQLError) -> Outage<PostgreSQLError> {
    self.connection = nil
    if self.outage == nil {
      self.note(error, "The log's database cannot be reached; it is tried again and again")
    }
    var outage = self.outage ?? Outage(error)
    outage.note(error)
    self.outage = outage
    self.status.note(.databaseIsOutOfReach, serverProcess: nil)
    return outage
  }

  /// Waits for the next attempt.
  ///
  /// - Throws: when the caller has waited long enough.
  private func endure(
    _ error: PostgreSQLError,
    since start: ContinuousClock.Instant,
    isInDoubt: Bool
  ) throws(LogError) {
    let outage = self.noteOutage(error)
    let patience = isInDoubt ? self.configuration.doubtTime : self.configuration.patience
    guard outage.isWorthWaiting(since: start, isInDoubt: isInDoubt, patience: patience),
      !self.pause(outage.rest)
    else { throw outage.failure(isInDoubt: isInDoubt) }
  }

  /// - Returns: whether the connection can be used again.
  private func rollBack() -> Bool {
    guard let connection else { return false }
    guard connection.isInTransaction else { return true }
    do throws(PostgreSQLError) {
      _ = try connection.run(.command("ROLLBACK"), until: self.database.deadline)
      return true
    } catch {
      return false
    }
  }

  /// Whether one of the rows is there; they were added together.
  private static func find(_ rows: [(position: Position, id: ULID)]) -> Statement {
    Statement(
      """
      SELECT 1 FROM unnest($1::bigint[], $2::text[]) AS doubtful (position, id)
        JOIN tokenwire.entries USING (position, id) LIMIT 1
      """,
      .bigints(rows.map(\.position.rawValue)),
      .texts(rows.map(\.id.description))
    )
  }
}
