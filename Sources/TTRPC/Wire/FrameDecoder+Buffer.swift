package import NIOCore

extension NIOSingleStepByteToMessageProcessor<FrameDecoder> {
  /// Decodes bytes as `process` does, and keeps no buffer when no frame is incomplete: that of a long
  /// frame would stay until the next bytes come.
  package func decode(
    _ bytes: ByteBuffer,
    _ receive: (FrameDecoder.InboundOut) throws -> Void
  ) throws {
    try self.process(buffer: bytes, receive)
    // An empty buffer takes the place of the last.
    if self.unprocessedBytes == 0 { try self.process(buffer: ByteBuffer()) { _ in } }
  }
}
