internal import Concurrency

/// Readers of event buffers that have something to read, to be woken together: a writer of many
/// buffers then wakes the threads of their readers once, and what they write leaves in one piece.
public struct WaitingReaders {
  private var readers: [Sleepers] = []

  /// Creates an empty list.
  public init() {}

  mutating func add(_ readers: Sleepers) {
    if case .none = readers { return }
    self.readers.append(readers)
  }

  /// Wakes them. To be called after the last push: whoever is forgotten here sleeps for ever.
  public mutating func wake() {
    for readers in self.readers { readers.wake() }
    self.readers.removeAll(keepingCapacity: true)
  }
}
