internal import Concurrency
internal import Identifiers
internal import Logging
internal import MongoDB
internal import RequestLog

/// What happens to entries when the database is lost.
extension LogWriter {
  static let outOfReach: Identifier = "The log's database cannot be reached"

  /// A time in which the database cannot be reached.
  struct Outage {
    let began = ContinuousClock.now
    var backoff = Backoff()
    var nextAttempt = ContinuousClock.now
    var error: MongoDBError

    /// The time until the next attempt.
    var rest: Duration { max(.zero, ContinuousClock.now.duration(to: self.nextAttempt)) }
  }

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
    if let outage, !isUrgent, self.status.condition != .working,
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
    // Known before this caller came: it need not wait for what others have waited for.
    let isNews = self.outage.map { $0.began >= start } ?? true
    let outage = self.beginOutage(error)
    let patience = isInDoubt ? self.configuration.doubtTime : self.configuration.patience
    let isOver = outage.nextAttempt > start + patience
    guard isInDoubt || isNews, !isOver, !self.closing.pause(outage.rest) else {
      throw isInDoubt ? .inDoubt(error) : .unreachable(error, retryAfter: outage.rest)
    }
  }

  /// Notes that the database cannot be reached, and when to try again.
  private func beginOutage(_ error: MongoDBError) -> Outage {
    if self.outage == nil {
      self.note(error, "The log's database cannot be reached; it is tried again and again")
    }
    var outage = self.outage ?? Outage(error: error)
    if outage.nextAttempt <= .now {
      outage.error = error
      outage.nextAttempt = .now + outage.backoff.next()
    }
    self.outage = outage
    self.status.note(error)
    return outage
  }
}
