internal import Synchronization

/// Counts the bytes that are held for callers, all of them together.
///
/// What is there is there: adding never fails. Whoever can still say no asks first.
final class MemoryBudget: Sendable {
  let limit: Int
  private let bytes = Atomic(0)

  init(limit: Int = .max) {
    self.limit = limit
  }

  var used: Int { self.bytes.load(ordering: .relaxed) }

  var isSpent: Bool { self.used >= self.limit }

  func add(_ count: Int) {
    self.bytes.add(count, ordering: .relaxed)
  }

  func remove(_ count: Int) {
    self.bytes.subtract(count, ordering: .relaxed)
  }
}
