internal import Concurrency
internal import Identifiers
internal import Logging
internal import RequestLog

/// Opening the target, and what is known of it.
extension OutboxLog {
  /// The target, if it was opened.
  var target: (any ForwardingTarget)? { self.state.withLock { $0.target } }

  /// Opens the target, and keeps it running; it returns when the task is cancelled.
  func runTarget() async {
    guard let target = await self.opened() else { return }
    await withDiscardingTaskGroup { group in
      group.addTask { await target.run() }
      group.addTask {
        var condition: LogCondition? = target.conditions.current
        while let known = condition {
          self.noteTarget(known)
          condition = await target.conditions.change(from: known)
        }
      }
    }
  }

  /// Tries to open the target until it succeeds.
  ///
  /// - Returns: nil when the task is cancelled.
  private func opened() async -> (any ForwardingTarget)? {
    if let target { return target }
    var backoff = Backoff()
    while true {
      do {
        try await Task.sleep(for: backoff.next())
        return try await self.connect(isFirst: false)
      } catch is CancellationError {
        return nil
      } catch {
        // It is noted and tried again.
      }
    }
  }

  /// Opens the target.
  func connect(isFirst: Bool) async throws(LogError) -> any ForwardingTarget {
    let target: any ForwardingTarget
    do throws(LogError) {
      target = try await self.opening(isFirst)
    } catch {
      self.noteOpening(error)
      throw error
    }
    let (isClosed, endsFollowing) = self.state.update { state in
      if !state.isClosed { state.target = target }
      state.failure = nil
      return (state.isClosed, state.endsFollowing)
    }
    if isClosed {
      await target.close()
      throw .closed
    }
    if endsFollowing { target.endFollowing() }
    self.refreshCondition()
    if !isFirst { self.logger.notice("The log's database is there; entries are forwarded") }
    return target
  }

  private func noteOpening(_ error: LogError) {
    let condition =
      error.code == .newerSchema
      ? LogCondition.targetIsNewer : .unavailable(.waiting("The log's database cannot be opened"))
    let isNews = self.state.update { state in
      defer { state.failure = condition }
      return state.failure != condition
    }
    self.refreshCondition()
    guard isNews else { return }
    self.logger.error(
      """
      The log's database cannot be opened: entries wait in the outbox, and it is tried again and \
      again
      """,
      metadata: ["error": "\(error)", "cause": "\(error.cause.map { "\($0)" } ?? "")"]
    )
  }

  private func noteTarget(_ condition: LogCondition) {
    self.state.update { state in
      state.targetCondition = condition
      // What has failed before may succeed now.
      if condition == .working { state.failure = nil }
    }
    self.refreshCondition()
  }

  /// Notes that entries could not be forwarded.
  func noteForwarding(_ error: LogError) {
    let isNews = self.state.update { state in
      defer { state.failure = .notForwarded }
      return state.failure != .notForwarded && !state.isClosed
    }
    self.refreshCondition()
    guard isNews else { return }
    self.logger.error(
      "Entries cannot be forwarded to the log's database now; they wait in the outbox",
      metadata: ["error": "\(error)", "cause": "\(error.cause.map { "\($0)" } ?? "")"]
    )
  }

  /// Notes that entries were forwarded.
  func noteForwarded() {
    guard self.state.withLock({ $0.failure != nil }) else { return }
    self.state.update { $0.failure = nil }
    self.refreshCondition()
    self.logger.notice("Entries are forwarded to the log's database again")
  }

  private func refreshCondition() {
    // Under the lock, so that the last one noted is the last one known.
    self.state.withLock { state in
      let isWorking = state.targetCondition == .working
      self.conditions.note(state.failure ?? (isWorking ? .working : .targetIsAway))
    }
  }
}

extension LogCondition {
  fileprivate static let targetIsAway = LogCondition.unavailable(
    .waiting("The log's database cannot be reached")
  )
  fileprivate static let targetIsNewer = LogCondition.unavailable(
    .waiting("The log's database belongs to a newer version of this program")
  )
  fileprivate static let notForwarded = LogCondition.unavailable(
    .waiting("The log's database does not take entries")
  )
}

extension Identifier {
  /// What operators read while entries are acknowledged and not forwarded.
  fileprivate static func waiting(_ reason: String) -> Identifier {
    "\(reason); entries are accepted, and wait in the outbox"
  }
}
