package import NIOCore

extension ByteBuffer {
  /// The longest buffer that an empty one keeps for what comes next, in bytes.
  private static let longestKept = 1 << 16

  /// Gives room back that bytes had which have been read, so that a buffer that is never read to its end
  /// does not grow for ever, and an empty one does not keep much. NIO does not do so by itself.
  ///
  /// What is unread moves to the front when that is less than what has been read: on the whole, each
  /// byte moves once at most.
  package mutating func reclaimReadBytes() {
    if self.readableBytes == 0 {
      if self.storageCapacity > Self.longestKept { self = ByteBuffer() } else { self.clear() }
    } else if self.readerIndex > self.readableBytes {
      self.discardReadBytes()
    }
  }
}
