internal import Concurrency
internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog

/// What happens to entries when the database is lost.
extension LogWriter {
  /// Runs `body` with a client, again and again while the database cannot be reached.
  ///
  /// - Parameters:
  ///   - start: since when the entries wait.
  ///   - isInDoubt: whether entries may have been stored before.
  ///   - isWrite: whether `body` writes.
  /// - Throws: `diskFull` or `unavailable`.
  func attempt<Result>(
    since start: ContinuousClock.Instant,
    isInDoubt: Bool = false,
    isWrite: Bool = true,
    _ body: (borrowing Client) throws(MongoDBError) -> Result
  ) throws(LogError) -> Result {
    // Whether the database was lost for these entries, which then try again themselves.
    var isLost = false
    while true {
      do throws(MongoDBError) {
        return try self.withClient(isUrgent: isLost, isWrite: isWrite, body)
      } catch {
        try self.endure(error, since: start, isInDoubt: isInDoubt)
        isLost = true
      }
    }
  }

  /// Runs `body` with a client, unless the database is known to be out of reach.
  ///
  /// - Parameters:
  ///   - isUrgent: whether to try at once, although others do or it is not time yet.
  ///   - isWrite: whether `body` writes. That something can be read does not show that what is written
  ///     becomes durable.
  func withClient<Result>(
    isUrgent: Bool = false,
    isWrite: Bool = true,
    _ body: (borrowing Client) throws(MongoDBError) -> Result
  ) throws(MongoDBError) -> Result {
    if let outage, !isUrgent, self.status.conditions.current != .working,
      self.status.isKeptConnected || .now < outage.nextAttempt
    {
      throw MongoDBError(.unreachable, outage.error.message)
    }
    let result = try self.database.pool.withClient(body)
    if isWrite { self.status.noteWritten() } else if !self.status.noteRead() { return result }
    if self.outage != nil {
      self.logger.notice(
        "The log's database is there again",
        metadata: ["database": "\(self.database.parameters.place)"]
      )
    }
    self.outage = nil
    return result
  }

  /// Waits for the next attempt.
  ///
  /// - Throws: when the error is not that the database cannot be reached, or the entries have waited
  ///   long enough.
  func endure(
    _ error: MongoDBError,
    since start: ContinuousClock.Instant,
    isInDoubt: Bool
  ) throws(LogError) {
    guard error.isOutage else {
      self.note(error, "The log could not be written")
      throw isInDoubt ? .inDoubt(error) : LogError(writing: error)
    }
    let outage = self.noteOutage(error)
    let patience = isInDoubt ? self.configuration.doubtTime : self.configuration.patience
    guard outage.isWorthWaiting(since: start, isInDoubt: isInDoubt, patience: patience),
      !self.closing.pause(outage.rest)
    else { throw outage.failure(isInDoubt: isInDoubt) }
  }

  /// Notes that the database cannot be reached, and when to try again.
  private func noteOutage(_ error: MongoDBError) -> Outage<MongoDBError> {
    if self.outage == nil {
      self.note(error, "The log's database cannot be reached; it is tried again and again")
    }
    var outage = self.outage ?? Outage(error)
    outage.note(error)
    self.outage = outage
    self.status.note(error)
    return outage
  }
}
