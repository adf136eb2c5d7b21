internal import Concurrency

/// Readers that have new events, to be woken together, so that a writer of many buffers wakes the
/// readers' threads once, and their output is sent together.
public struct WaitingReaders {
  private var readers: [Sleepers] = []

  /// Creates an empty list.
  public init() {}

  mutating func add(_ readers: Sleepers) {
    if case .none = readers { return }
    self.readers.append(readers)
  }

  /// Wakes the readers. Call it after the last push: otherwise they sleep for ever.
  public mutating func wake() {
    for readers in self.readers { readers.wake() }
    self.readers.removeAll(keepingCapacity: true)
  }
}
