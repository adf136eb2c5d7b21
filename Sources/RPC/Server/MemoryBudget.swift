internal import Synchronization

/// Counts the bytes that are held for callers, all of them together.
///
/// What is there is there: adding never fails. Whoever can still say no asks first.
package final class MemoryBudget: Sendable {
  package let limit: Int
  private let bytes = Atomic(0)

  package init(limit: Int = .max) {
    self.limit = limit
  }

  package var used: Int { self.bytes.load(ordering: .relaxed) }

  package var isSpent: Bool { self.used >= self.limit }

  package func add(_ count: Int) {
    self.bytes.add(count, ordering: .relaxed)
  }

  package func remove(_ count: Int) {
    self.bytes.subtract(count, ordering: .relaxed)
  }
}
