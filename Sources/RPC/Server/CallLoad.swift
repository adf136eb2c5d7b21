/// How much of a server's limits is in use.
package final class CallLoad: Sendable {
  /// The limits.
  package let limits: CallLimits
  /// The running calls.
  package let calls: Quota
  /// The bytes held for all callers.
  package let memory: MemoryBudget
  /// The part of `memory` for incomplete messages: at most half, so that clients which never
  /// complete a message cannot block the calls of others.
  package let partialMessages: MemoryBudget

  /// Creates the counters for some limits.
  package init(_ limits: CallLimits) {
    self.limits = limits
    self.calls = Quota(limit: limits.calls)
    self.memory = MemoryBudget(limit: limits.memory)
    self.partialMessages = MemoryBudget(limit: max(1, limits.memory / 2))
  }
}

extension CallError {
  /// The error when a limit is reached.
  package static func limit(_ what: String, _ advice: String) -> CallError {
    CallError(.resourceExhausted, "\(what), which is this server's limit: \(advice)")
  }
}
