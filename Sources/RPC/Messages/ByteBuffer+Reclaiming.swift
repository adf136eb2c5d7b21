package import NIOCore

extension ByteBuffer {
  /// Gives room back that bytes had which have been read, so that a buffer that is never read to its end
  /// does not grow for ever. NIO does not do so by itself.
  ///
  /// What is unread moves to the front when that is less than what has been read: on the whole, each
  /// byte moves once at most.
  package mutating func reclaimReadBytes() {
    if self.readableBytes == 0 {
      self.clear()
    } else if self.readerIndex > self.readableBytes {
      self.discardReadBytes()
    }
  }
}
