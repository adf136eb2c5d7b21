internal import NIOCore

/// A client's end of one connection: takes frames apart and hands them to their calls.
///
/// Lives on the connection's event loop.
final class ClientConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let table: ClientStreamTable
  private let writer: FrameWriter
  private let decoder = NIOSingleStepByteToMessageProcessor(FrameDecoder())

  init(table: ClientStreamTable, writer: FrameWriter) {
    self.table = table
    self.writer = writer
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let eventLoop = context.eventLoop
    let bound = NIOLoopBound((handler: self, context: context), eventLoop: eventLoop)
    self.writer.open {
      eventLoop.execute { bound.value.handler.flush(bound.value.context) }
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    do {
      try self.decoder.process(buffer: self.unwrapInboundIn(data)) { self.receive($0) }
    } catch {
      self.table.close(.protocolViolation("sends bytes that are not frames"))
      context.close(promise: nil)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    self.flush(context)
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.writer.close()
    self.table.close(.connectionClosed)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.table.close(CallError(.unavailable, "The connection failed: \(error)"))
    context.close(promise: nil)
  }

  private func flush(_ context: ChannelHandlerContext) {
    self.writer.flush(to: context) { _ in }
  }

  private func receive(_ input: FrameDecoder.InboundOut) {
    switch input {
    case .frame(let frame):
      // A frame without a call is late: its caller went away before the server knew.
      guard let call = self.table[frame.stream] else { return }
      if call.receive(frame) {
        self.table.remove(frame.stream)
      }
    case .oversized(let header):
      self.table.remove(header.stream)?.fail(.messageTooLong(Int(header.length)))
    }
  }
}
