internal import NIOCore

/// Joins the flushes of a connection's streams: one system call sends what all of them wrote in a
/// turn of the event loop. Tells when something goes out that is not only an answer to a frame.
final class FlushGate: ChannelOutboundHandler {
  typealias OutboundIn = IOData

  private let onData: () -> Void
  private var isFlushScheduled = false

  /// PING with its acknowledgement. Those of other frames are shorter.
  private static let longestAnswer = 17

  /// - Parameter onData: called when header fields or data are written. They may have waited long for
  ///   their window.
  init(onData: @escaping () -> Void) {
    self.onData = onData
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if self.unwrapOutboundIn(data).readableBytes > Self.longestAnswer { self.onData() }
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
