internal import NIOCore

extension ByteBuffer {
  /// How many times its length a buffer may occupy in memory.
  private static let tolerance = 4

  /// The same bytes, copied if they would keep much more memory: a slice keeps the whole buffer
  /// that was read, and a message may wait long for its reader.
  var compacted: ByteBuffer {
    guard self.storageCapacity > Self.tolerance * (self.readableBytes + FrameHeader.size) else {
      return self
    }
    return ByteBuffer(bytes: self.readableBytesView)
  }
}
