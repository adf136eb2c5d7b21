internal import NIOCore
internal import RPC

extension FrameWriter {
  /// Writes waiting frames while the channel is writable. The handler calls it again when the
  /// channel becomes writable.
  ///
  /// - Parameter onEnd: called for each stream whose last frame was written.
  /// - Returns: whether nothing is left.
  func flush(to context: ChannelHandlerContext, onEnd: (UInt32) -> Void = { _ in }) -> Bool {
    while context.channel.isWritable {
      var buffer = context.channel.allocator.buffer(capacity: Self.writeSize)
      guard self.fill(&buffer, size: Self.writeSize, onEnd: onEnd) else { return true }
      let length = buffer.readableBytes
      // Flushed at once, because a TLS handler buffers everything until then.
      context.writeAndFlush(NIOAny(buffer)).whenComplete { [budget] _ in budget.remove(length) }
    }
    return false
  }
}
