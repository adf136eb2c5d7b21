/// How far ahead of its reader a stream's sender may be.
///
/// Offsets count from the stream's beginning: the bytes of its messages, as the transport counts them.
struct ReceiveWindow {
  /// A sender without credit sends as it likes until it knows of the window, and a message that begins
  /// within its credit goes whole: so much is no offence.
  private static let tolerance: UInt64 = 16 << 20

  private let size: UInt64
  private var received: UInt64 = 0
  private var consumed: UInt64 = 0
  private var granted: UInt64

  /// - Parameter size: bytes that were sent and not read yet, at the most.
  init(size: UInt64) {
    self.size = size
    self.granted = size
  }

  /// A message came that counts `length` bytes.
  ///
  /// - Returns: whether the sender may have sent it in good faith.
  mutating func receive(_ length: Int) -> Bool {
    self.received += UInt64(length)
    return self.received - self.consumed <= self.size + Self.tolerance
  }

  /// The reader took `length` bytes.
  mutating func consume(_ length: Int) {
    self.consumed += UInt64(length)
  }

  /// The offset to tell the sender, when it has grown by half a window since the last one: fewer
  /// would let the sender run dry, more would be chatter.
  mutating func credit() -> UInt64? {
    let maxOffset = self.consumed + self.size
    guard maxOffset > self.granted && maxOffset - self.granted >= self.size / 2 else { return nil }
    self.granted = maxOffset
    return maxOffset
  }
}
