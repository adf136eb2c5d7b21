/// How much of a server's limits its calls use.
package final class CallLoad: Sendable {
  package let limits: CallLimits
  package let calls: Quota
  package let memory: MemoryBudget
  /// The part of `memory` that is for messages which are not complete yet: no more than half, so that
  /// those who never send the end of one cannot have the calls of others refused.
  package let partialMessages: MemoryBudget

  package init(_ limits: CallLimits) {
    self.limits = limits
    self.calls = Quota(limit: limits.calls)
    self.memory = MemoryBudget(limit: limits.memory)
    self.partialMessages = MemoryBudget(limit: max(1, limits.memory / 2))
  }
}

extension CallError {
  /// There is as much of something as the server takes.
  package static func limit(_ what: String, _ advice: String) -> CallError {
    CallError(.resourceExhausted, "\(what), which is this server's limit: \(advice)")
  }
}
