internal import NIOCore
internal import RPC

extension FrameWriter {
  /// Writes what waits for as long as the channel takes it. The rest goes when the channel becomes
  /// writable again, which the handler reports by another call.
  ///
  /// - Parameter onEnd: called with each stream whose last frame was written.
  /// - Returns: whether nothing waits any more.
  func flush(to context: ChannelHandlerContext, onEnd: (UInt32) -> Void = { _ in }) -> Bool {
    while context.channel.isWritable {
      var buffer = context.channel.allocator.buffer(capacity: Self.writeSize)
      guard self.fill(&buffer, size: Self.writeSize, onEnd: onEnd) else { return true }
      let length = buffer.readableBytes
      // Flushed at once, because a TLS handler takes all there is until then.
      context.writeAndFlush(NIOAny(buffer)).whenComplete { [budget] _ in budget.remove(length) }
    }
    return false
  }
}
