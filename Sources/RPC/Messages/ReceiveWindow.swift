/// How far a stream's sender may be ahead of its reader.
///
/// Offsets count the bytes of messages from the stream's beginning, as the transport counts them.
struct ReceiveWindow {
  /// Allowed beyond the window: a sender is not limited until it knows of the window, and a message
  /// that begins within its credit goes whole.
  private static let tolerance: UInt64 = 16 << 20

  private let size: UInt64
  private var received: UInt64 = 0
  private var consumed: UInt64 = 0
  private var granted: UInt64

  /// - Parameter size: the most bytes that may be sent and not read yet.
  init(size: UInt64) {
    self.size = size
    self.granted = size
  }

  /// A message of `length` bytes arrived.
  ///
  /// - Returns: whether the sender was allowed to send it.
  mutating func receive(_ length: Int) -> Bool {
    self.received += UInt64(length)
    return self.received - self.consumed <= self.size + Self.tolerance
  }

  /// The reader has read `length` bytes.
  mutating func consume(_ length: Int) {
    self.consumed += UInt64(length)
  }

  /// The offset to grant the sender, once it has grown by half a window: rarer grants would stall
  /// the sender, more frequent ones would waste frames.
  mutating func credit() -> UInt64? {
    let maxOffset = self.consumed + self.size
    guard maxOffset > self.granted && maxOffset - self.granted >= self.size / 2 else { return nil }
    self.granted = maxOffset
    return maxOffset
  }
}
