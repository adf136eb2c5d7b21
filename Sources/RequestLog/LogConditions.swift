internal import Concurrency

/// The condition of a store, which tasks can wait for to change.
public final class LogConditions: Sendable {
  private let state = Monitor(LogCondition.working)

  /// A store that works.
  public init() {}

  /// The condition now.
  public var current: LogCondition { self.state.withLock { $0 } }

  /// Notes the condition, and wakes the waiting tasks if it is another one.
  public func note(_ condition: LogCondition) {
    if self.current == condition { return }
    self.state.update { $0 = condition }
  }

  /// Returns when the condition is another one than `known`.
  ///
  /// - Returns: the condition then; nil when the task is cancelled before that.
  public func change(from known: LogCondition) async -> LogCondition? {
    await self.state.firstUnlessCancelled { $0 == known ? nil : $0 }
  }
}
