internal import NIOCore

/// Joins the flushes of a connection's streams: one system call sends what all of them wrote in a
/// turn of the event loop.
final class FlushGate: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  private var isFlushScheduled = false

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
