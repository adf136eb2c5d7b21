internal import NIOCore

/// Answers a client with a refusal, and closes the connection.
final class RefusalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var refusal: any ConnectionRefusal
  private let deadline: NIODeadline
  private var timer: Scheduled<Void>?
  private var isAnswered = false

  /// - Parameter deadline: when the client must have sent what is answered.
  init(_ refusal: any ConnectionRefusal, deadline: NIODeadline) {
    self.refusal = refusal
    self.deadline = deadline
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: self.deadline) {
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.timer?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !self.isAnswered else { return }
    do {
      let answer = try self.refusal.answer(to: self.unwrapInboundIn(data))
      guard answer.readableBytes > 0 else { return }
      self.isAnswered = true
      context.writeAndFlush(self.wrapOutboundOut(answer), promise: nil)
      context.closeAfterWrites()
    } catch {
      context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is DrainEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }
}
