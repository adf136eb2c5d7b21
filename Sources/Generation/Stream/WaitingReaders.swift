/// Readers of event buffers that have something to read, to be woken together: a writer of many
/// buffers then wakes the threads of their readers once, and what they write leaves in one piece.
public struct WaitingReaders {
  private var readers: [CheckedContinuation<Void, Never>] = []

  public init() {}

  mutating func add(_ reader: CheckedContinuation<Void, Never>) {
    self.readers.append(reader)
  }

  /// Wakes them. To be called after the last push: whoever is forgotten here sleeps for ever.
  public mutating func wake() {
    for reader in self.readers { reader.resume() }
    self.readers.removeAll(keepingCapacity: true)
  }
}
