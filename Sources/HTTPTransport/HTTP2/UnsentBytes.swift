internal import NIOCore
internal import NIOHTTP2
internal import RPC

/// Counts what a stream holds because its client opens no window for it: the call whose answer that
/// is may have ended long ago.
final class UnsentBytes: ChannelOutboundHandler {
  typealias OutboundIn = HTTP2Frame.FramePayload

  private let budget: MemoryBudget

  init(_ budget: MemoryBudget) {
    self.budget = budget
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .data(let payload) = self.unwrapOutboundIn(data), payload.data.readableBytes > 0
    else { return context.write(data, promise: promise) }
    let (budget, count) = (self.budget, payload.data.readableBytes)
    budget.add(count)
    let sent = promise ?? context.eventLoop.makePromise()
    // A stream that ends fails what it has not sent.
    sent.futureResult.whenComplete { _ in budget.remove(count) }
    context.write(data, promise: sent)
  }
}
