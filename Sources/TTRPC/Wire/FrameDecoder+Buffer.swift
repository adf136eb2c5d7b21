package import NIOCore

extension NIOSingleStepByteToMessageProcessor<FrameDecoder> {
  /// Drops the buffer of a long frame that is whole, which would stay until the next bytes come. NIO
  /// puts an empty buffer in its place.
  package func dropBufferIfEmpty() throws {
    guard self.unprocessedBytes == 0 else { return }
    try self.process(buffer: ByteBuffer()) { _ in }
  }
}
