internal import Synchronization

/// Counts, and can be waited for.
package final class EndCounter: Sendable {
  private let count = Atomic(0)

  package init() {}

  package func add() { self.count.add(1, ordering: .relaxed) }

  package var value: Int { self.count.load(ordering: .relaxed) }

  package func wait(for count: Int) async throws {
    while self.count.load(ordering: .relaxed) < count {
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}
