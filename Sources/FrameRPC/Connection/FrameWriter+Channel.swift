internal import NIOCore

extension FrameWriter {
  /// The size from which on a write to the socket gains nothing by being larger.
  private static let writeSize = 64 * 1024

  /// Writes what waits for as long as the channel takes it. The rest goes when the channel becomes
  /// writable again, which the handler reports by another call.
  ///
  /// - Parameter onEnd: called with each stream whose last frame was written.
  func flush(to context: ChannelHandlerContext, onEnd: (UInt32) -> Void) {
    var hasWritten = false
    while context.channel.isWritable {
      var buffer = context.channel.allocator.buffer(capacity: Self.writeSize)
      guard self.fill(&buffer, size: Self.writeSize, onEnd: onEnd) else { break }
      context.write(NIOAny(buffer), promise: nil)
      hasWritten = true
    }
    if hasWritten { context.flush() }
  }
}
