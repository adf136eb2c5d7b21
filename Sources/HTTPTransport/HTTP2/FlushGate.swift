internal import NIOCore

/// Joins the flushes of a connection's streams: one system call sends what all of them wrote in a
/// turn of the event loop. Tells when something goes out that is not only an answer to a frame.
final class FlushGate: ChannelOutboundHandler {
  typealias OutboundIn = IOData

  private let onData: () -> Void
  private var isFlushScheduled = false

  /// Where a frame has its type, and those of DATA and HEADERS (RFC 9113 section 4.1).
  private static let typeOffset = 3
  private static let types: ClosedRange<UInt8> = 0 ... 1

  /// - Parameter onData: called when header fields or data are written. They may have waited long for
  ///   their window.
  init(onData: @escaping () -> Void) {
    self.onData = onData
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // NIO writes each frame for itself. A piece of data that looks like a frame is data all the same.
    if case .byteBuffer(let bytes) = self.unwrapOutboundIn(data),
      let type: UInt8 = bytes.getInteger(at: bytes.readerIndex + Self.typeOffset),
      Self.types.contains(type)
    {
      self.onData()
    }
    context.write(data, promise: promise)
  }

  func flush(context: ChannelHandlerContext) {
    guard !self.isFlushScheduled else { return }
    self.isFlushScheduled = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.execute {
      let (gate, context) = bound.value
      gate.flushNow(context)
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if self.isFlushScheduled { self.flushNow(context) }
    context.close(mode: mode, promise: promise)
  }

  private func flushNow(_ context: ChannelHandlerContext) {
    self.isFlushScheduled = false
    context.flush()
  }
}
