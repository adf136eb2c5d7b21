internal import Synchronization

/// A limited number of places. A place is free again when it is released.
package final class Quota: Sendable {
  /// The number of places.
  package let limit: Int
  private let taken = Atomic(0)

  /// Creates a quota with a number of places.
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

  /// A taken place, which is free again when this object is released.
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
