internal import NIOCore

extension ByteBuffer {
  /// How many times its own length a buffer may keep in memory.
  private static let tolerance = 4

  /// The same bytes, in memory of their own where they would keep much more: a slice keeps all of
  /// what was read together with it, and a message that waits for its reader may wait long.
  var compacted: ByteBuffer {
    guard self.storageCapacity > Self.tolerance * (self.readableBytes + FrameHeader.size) else {
      return self
    }
    return ByteBuffer(bytes: self.readableBytesView)
  }
}
