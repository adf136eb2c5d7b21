internal import Synchronization

/// A number of places, each of which comes back when whoever took it is gone.
package final class Quota: Sendable {
  package let limit: Int
  private let taken = Atomic(0)

  package init(limit: Int) {
    self.limit = limit
  }

  /// - Returns: nil when all places are taken.
  package func take() -> Place? {
    guard self.taken.add(1, ordering: .relaxed).newValue <= self.limit else {
      self.taken.subtract(1, ordering: .relaxed)
      return nil
    }
    return Place(self)
  }

  package final class Place: Sendable {
    private let quota: Quota

    fileprivate init(_ quota: Quota) {
      self.quota = quota
    }

    deinit {
      self.quota.taken.subtract(1, ordering: .relaxed)
    }
  }
}
