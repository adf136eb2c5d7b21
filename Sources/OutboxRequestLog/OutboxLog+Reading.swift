internal import Concurrency
public import Identifiers
public import RequestLog

/// What others read and change: the target.
extension OutboxLog {
  /// The entries of the target that match a query, read as they are requested.
  ///
  /// - Throws: `invalid` when the query cannot be answered, `unavailable` when the target is not open.
  ///   Reading throws `unavailable`, and `overloaded` when a search takes too long.
  public func query(_ query: LogQuery) throws(LogError) -> LogEntries {
    _ = try ValidQuery(query)
    return try self.openTarget().query(query)
  }

  /// Ends the queries that follow the log, which would keep a stopping server waiting for ever.
  /// Everything else continues.
  public func endFollowing() {
    let target = self.state.update { state in
      state.endsFollowing = true
      return state.target
    }
    target?.endFollowing()
  }

  /// How much the target holds.
  ///
  /// - Parameter userID: whose entries are counted; nil counts everyone's.
  /// - Throws: `unavailable`.
  public func stats(of userID: Identifier? = nil) async throws(LogError) -> LogStatistics {
    try await self.openTarget().stats(of: userID)
  }

  /// Erases all that a user has logged so far, first from the local log, so that nothing of it is
  /// forwarded later, then from the target. The local logs of other nodes are not changed.
  ///
  /// - Returns: what was removed from both.
  /// - Throws: `diskFull`, `unavailable` or `cancelled`: some of the user's data may remain; call it
  ///   again.
  public func erase(user userID: Identifier) async throws(LogError) -> Removal {
    var removal = try await self.eraseLocally(userID)
    do throws(LogError) {
      let target = try self.openTarget()
      // An attempt without an answer must not store the user's entries behind the erasure.
      if self.state.withLock({ $0.isInDoubt }) { _ = try await target.forward([]) }
      removal.add(try await target.erase(user: userID))
      return removal
    } catch {
      var error = error
      error.message = "The outbox has nothing of the user any more, but: \(error.message)"
      throw error
    }
  }

  private func eraseLocally(_ userID: Identifier) async throws(LogError) -> Removal {
    // Not while entries that were read before are forwarded.
    guard await self.takeTurnToErase() else { throw .abandoned }
    defer { self.giveTurn() }
    let removal = try await self.local.erase(user: userID)
    try await self.room.measure()
    return removal
  }

  /// Removes entries of the target that are too old, then the oldest ones while it is too large. It does
  /// nothing while the target is not open. Nothing is removed from the local log.
  ///
  /// - Throws: as the target.
  public func prune(_ retention: Retention) async throws(LogError) -> Removal {
    guard let target else { return .none }
    return try await target.prune(retention)
  }

  /// Whether the target is over its limit, and should be pruned now.
  public func exceeds(_ retention: Retention) async -> Bool {
    await self.target?.exceeds(retention) ?? false
  }

  private func openTarget() throws(LogError) -> any ForwardingTarget {
    guard let target else {
      throw LogError(.unavailable, "The log's database cannot be reached now")
    }
    return target
  }
}
