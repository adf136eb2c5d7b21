internal import NIOCore

/// Answers what a client sends with a refusal, and closes the connection.
final class RefusalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var refusal: any ConnectionRefusal
  private let timeLimit: TimeAmount
  private var deadline: Scheduled<Void>?
  private var isAnswered = false

  /// - Parameter timeLimit: how long the client may take to say what is answered.
  init(_ refusal: any ConnectionRefusal, timeLimit: TimeAmount) {
    self.refusal = refusal
    self.timeLimit = timeLimit
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: self.timeLimit) {
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.deadline?.cancel()
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
