internal import Concurrency
internal import Identifiers
internal import Logging
internal import RequestLog

/// Bringing entries from the local log to the target.
extension OutboxLog {
  /// The limits of what is forwarded at once; at least one entry is.
  private static let batchCount = 256
  private static let batchBytes = 1 << 20
  /// How long entries accumulate before the next batch.
  private static let pause = Duration.milliseconds(10)
  /// How often the local log's files are cleaned of what removed entries have left in them.
  private static let cleaningInterval = Duration.seconds(60)

  /// Forwards entries as they come, until the log is closed or the task is cancelled.
  func keepForwarding() async {
    let opened = await self.state.firstUnlessCancelled { state in state.target }
    guard let target = opened else { return }
    var backoff = Backoff()
    while !Task.isCancelled, let seen = self.arrivals.count {
      do throws(LogError) {
        let hasMore = try await self.forwardBatch(to: target)
        backoff = Backoff()
        if hasMore { continue }
        await self.arrivals.wait(past: seen)
        // After a cancelled sleep the loop's condition ends it.
        try? await Task.sleep(for: Self.pause)
      } catch {
        let condition = target.conditions.current
        if condition != .working, await target.conditions.change(from: condition) != nil {
          backoff = Backoff()
        }
        try? await Task.sleep(for: backoff.next())
      }
    }
  }

  /// Forwards the oldest entries, and removes them.
  ///
  /// - Returns: whether there may be more.
  /// - Throws: when the target does not take them, or the local log cannot be used; they are still there.
  func forwardBatch(to target: any ForwardingTarget) async throws(LogError) -> Bool {
    guard await self.takeTurnToForward() else { return false }
    defer { self.giveTurn() }
    do throws(LogError) {
      let entries = try await self.nextEntries()
      if Task.isCancelled { return false }
      if entries.isEmpty {
        // What has failed before may be erased.
        if target.condition == .working { self.noteForwarded() }
        return false
      }
      self.state.withLock { $0.isInDoubt = true }
      let outcomes = try await target.forward(entries)
      self.state.withLock { $0.isInDoubt = false }
      try await self.finish(zip(entries, outcomes))
    } catch {
      self.noteForwarding(error)
      throw error
    }
    self.noteForwarded()
    return true
  }

  private func nextEntries() async throws(LogError) -> [StoredEntry] {
    let query = LogQuery(
      limit: Self.batchCount,
      after: self.state.withLock { $0.lastRefused },
      order: .oldestFirst
    )
    var entries: [StoredEntry] = []
    var bytes = 0
    for try await entry in try self.local.query(query) {
      entries.append(entry)
      bytes = bytes.addingClamped(entry.size)
      if bytes >= Self.batchBytes { break }
    }
    return entries
  }

  /// Removes the entries that the target has.
  private func finish(
    _ outcomes: some Sequence<(StoredEntry, ForwardOutcome)>
  ) async throws(LogError) {
    var done: [ULID] = []
    var lastRefused: ULID?
    for (entry, outcome) in outcomes {
      var metadata: Logger.Metadata = ["entry": "\(entry.id)", "user": "\(entry.userID)"]
      switch outcome {
      case .stored:
        done.append(entry.id)
      case .repeated(let first):
        metadata["first"] = "\(first)"
        self.logger.info("An entry was sent twice; the log has the first one", metadata: metadata)
        done.append(entry.id)
      case .storedWithoutKey(let other):
        metadata["other"] = "\(other)"
        self.logger.warning(
          "An entry's idempotency key belongs to another entry: it is stored without it",
          metadata: metadata
        )
        done.append(entry.id)
      case .refused(let error):
        metadata["error"] = "\(error)"
        metadata["cause"] = "\(error.cause.map { "\($0)" } ?? "")"
        self.logger.error(
          """
          The log's database refuses an entry: it stays in the outbox until the server starts again, and \
          others go on
          """,
          metadata: metadata
        )
        lastRefused = entry.id
      }
    }
    if !done.isEmpty {
      try await self.local.remove(done)
      self.state.withLock { $0.hasTraces = true }
    }
    if let lastRefused { self.state.withLock { $0.lastRefused = lastRefused } }
    try await self.room.measure()
  }

  /// Forwards what the local log still has, unless the target is away or it takes too long.
  func forwardRest() async {
    guard let target, target.condition == .working else { return }
    let end = ContinuousClock.now + Self.closingTime
    do throws(LogError) {
      while ContinuousClock.now < end {
        if try await self.forwardBatch(to: target) { continue }
        // Not when it only ended early.
        if Task.isCancelled { return }
        return try await self.clean()
      }
    } catch {
      self.logger.notice("What is in the outbox is forwarded when the server runs again")
    }
  }

  /// Cleans the local log's files now and then, when it has nothing to forward.
  func keepClean() async {
    while !Task.isCancelled {
      // After a cancelled sleep the loop's condition ends it.
      try? await Task.sleep(for: Self.cleaningInterval)
      if Task.isCancelled { return }
      do throws(LogError) {
        if try await self.nextEntries().isEmpty { try await self.clean() }
      } catch {
        self.logger.debug("The outbox could not be cleaned", metadata: ["error": "\(error)"])
      }
    }
  }

  private func clean() async throws(LogError) {
    guard self.state.withLock({ $0.hasTraces }) else { return }
    self.state.withLock { $0.hasTraces = false }
    do throws(LogError) {
      try await self.local.cleanUp()
    } catch {
      self.state.withLock { $0.hasTraces = true }
      throw error
    }
  }

  /// Takes the turn to forward entries, when nobody erases any.
  ///
  /// - Returns: false when the task is cancelled.
  private func takeTurnToForward() async -> Bool {
    let turn: Void? = await self.state.firstUnlessCancelled { state in
      if state.isTurnTaken || state.waitingErasures > 0 { return nil }
      state.isTurnTaken = true
      return ()
    }
    return turn != nil
  }

  /// Takes the turn to erase entries of the local log, before more of them are forwarded.
  ///
  /// - Returns: false when the task is cancelled.
  func takeTurnToErase() async -> Bool {
    self.state.withLock { $0.waitingErasures += 1 }
    let turn: Void? = await self.state.firstUnlessCancelled { state in
      if state.isTurnTaken { return nil }
      state.isTurnTaken = true
      return ()
    }
    // Who waits to forward looks again.
    self.state.update { $0.waitingErasures -= 1 }
    return turn != nil
  }

  func giveTurn() {
    self.state.update { $0.isTurnTaken = false }
  }
}
