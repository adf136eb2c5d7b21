internal import NIOCore
internal import RPC

/// Holds a channel's reads while its gate is closed.
final class ReadGateHandler: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  private let gate: ReadGate
  private var isReadHeld = false

  init(_ gate: ReadGate) {
    self.gate = gate
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
    let eventLoop = context.eventLoop
    self.gate.onReopen {
      eventLoop.execute {
        if bound.value.handler.isReadHeld { bound.value.handler.read(context: bound.value.context) }
      }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    // The closure holds the context, and so this handler.
    self.gate.onReopen {}
    self.isReadHeld = false
  }

  func read(context: ChannelHandlerContext) {
    self.isReadHeld = self.gate.isClosed
    if !self.isReadHeld { context.read() }
  }
}
