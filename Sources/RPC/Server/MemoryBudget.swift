internal import Synchronization

/// Counts the bytes held for all callers together.
///
/// Adding never fails, because the bytes are already in memory. Check `isSpent` before accepting
/// more.
package final class MemoryBudget: Sendable {
  /// What a caller may have waiting even when the budget is spent, in bytes.
  static let harmlessSize = 64 << 10

  /// The limit, in bytes.
  package let limit: Int
  private let bytes = Atomic(0)

  /// Creates a budget; by default it has no limit.
  package init(limit: Int = .max) {
    self.limit = limit
  }

  /// The bytes in use.
  package var used: Int { self.bytes.load(ordering: .relaxed) }

  /// Whether the limit is reached.
  package var isSpent: Bool { self.used >= self.limit }

  /// Counts bytes.
  package func add(_ count: Int) {
    self.bytes.add(count, ordering: .relaxed)
  }

  /// Stops counting bytes.
  package func remove(_ count: Int) {
    self.bytes.subtract(count, ordering: .relaxed)
  }

  /// The error of what there is no room for.
  var isSpentError: CallError {
    .limit("The server holds \(self.limit) bytes for its callers", "try again later")
  }
}
