internal import Listening
internal import NIOCore
internal import RPC

/// A client's end of one connection: decodes frames and passes them to their calls.
///
/// It lives on the connection's event loop.
final class ClientConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: ClientConnection
  private let decoder = NIOSingleStepByteToMessageProcessor(FrameDecoder())
  private var hasFrame = false
  private var pingPolicy = PingPolicy(
    minimumInterval: .milliseconds(Int64(ClientConnection.minimumPingInterval))
  )
  private var livenessTimer: LivenessTimer?

  init(_ connection: ClientConnection) {
    self.connection = connection
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let eventLoop = context.eventLoop
    let bound = NIOLoopBound((handler: self, context: context), eventLoop: eventLoop)
    self.connection.writer.open {
      eventLoop.execute { bound.value.handler.flush(bound.value.context) }
    }
    let options = self.connection.options
    self.livenessTimer = LivenessTimer(
      Liveness(
        pingInterval: TimeAmount(options.keepaliveInterval),
        pingTimeout: TimeAmount(options.keepalive),
        now: .now()
      ),
      eventLoop: eventLoop
    ) { self.act(on: $0, context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.livenessTimer?.stop()
    // Breaks reference cycles. Done here, because a channel that never connects has no
    // `channelInactive`.
    self.livenessTimer = nil
    self.connection.writer.close()
  }

  func channelActive(context: ChannelHandlerContext) {
    do {
      try self.connection.didConnect()
    } catch {
      context.fireErrorCaught(error)
    }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    self.livenessTimer?.liveness.receivedBytes(at: .now())
    do {
      try self.decoder.decode(self.unwrapInboundIn(data)) { try self.receive($0) }
    } catch {
      self.fail(.protocolViolation("sends bytes that are not frames"), context)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    self.flush(context)
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.connection.end(.connectionClosed)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.fail(CallError(.unavailable, "The connection failed: \(SocketFailure(error))"), context)
  }

  private func flush(_ context: ChannelHandlerContext) {
    _ = self.connection.writer.flush(to: context)
  }

  private func fail(_ error: CallError, _ context: ChannelHandlerContext) {
    self.connection.end(error)
    context.close(promise: nil)
  }

  private func act(on verdict: Liveness.Verdict, _ context: ChannelHandlerContext) {
    switch verdict {
    case .checkAgain:
      break
    case .ping:
      self.connection.writer.write(.ping(0))
      self.livenessTimer?.check()
    case .close:
      let patience = self.connection.options.keepalive
      self.fail(
        CallError(.unavailable, "The server has not answered a PING for \(patience)"),
        context
      )
    }
  }

  // MARK: In

  private func receive(_ input: FrameDecoder.InboundOut) throws(FrameError) {
    let isFirst = !self.hasFrame
    self.hasFrame = true
    switch input {
    case .frame(let frame):
      if isFirst { try self.receiveFirst(frame) }
      // A frame without a call is late: the caller was cancelled before the server knew.
      if let call = self.connection.table[frame.stream] {
        if call.receive(frame) { self.connection.table.remove(frame.stream) }
      } else if self.connection.table.serverSettings != nil, let frame = try ExtensionFrame(frame) {
        try self.receive(frame)
      }
    case .oversized(let header):
      if isFirst { self.connection.table.markStock() }
      self.connection.table.remove(header.stream)?.fail(.messageTooLong(Int(header.length)))
    }
  }

  /// SETTINGS as the first frame means that the server speaks the extension; otherwise it is a
  /// stock server for good.
  private func receiveFirst(_ frame: Frame) throws(FrameError) {
    guard case .settings(let settings) = try ExtensionFrame(frame) else {
      self.connection.table.markStock()
      return
    }
    self.connection.agree(settings)
    self.livenessTimer?.liveness.beginPings(minimumInterval: settings.minPingInterval)
    self.livenessTimer?.check()
  }

  private func receive(_ frame: ExtensionFrame) throws(FrameError) {
    switch frame {
    case .ping(let opaque):
      guard self.pingPolicy.receivePing(at: .now()) else { throw .malformed(.ping) }
      self.connection.writer.write(.pong(opaque))
    case .window(let stream, let maxOffset):
      self.connection.table[stream]?.requests?.grant(maxOffset)
    case .goAway(let goAway):
      self.connection.goAway(goAway)
    case .settings, .cancel, .pong:
      break
    }
  }
}
