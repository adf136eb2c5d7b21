internal import Listening
internal import Logging
internal import NIOCore
internal import RPC

/// A server's end of one connection: decodes frames, opens calls, writes their frames, and acts on
/// `ServerConnectionState`.
///
/// It lives on the connection's event loop.
final class ServerConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let connection: ServerConnection
  let gate: ReadGate
  let writer: FrameWriter
  var state: ServerConnectionState
  var table = ServerStreamTable<OpenCall>()
  private let decoder: NIOSingleStepByteToMessageProcessor<FrameDecoder>
  private var partialFrame = PartialMessage()
  /// Set while the handler is in a pipeline.
  private(set) var context: ChannelHandlerContext?
  private(set) var livenessTimer: LivenessTimer?

  /// The bytes at which the connection stops reading: streamed requests that handlers have not
  /// read, and refusals that the client has not read.
  static let maximumUnread = 4 << 20

  struct OpenCall {
    var call: ServerCall
    var responses: OutboundStream
  }

  /// - Parameter gate: closed while the connection should stop reading.
  init(_ connection: ServerConnection, gate: ReadGate) {
    self.connection = connection
    self.gate = gate
    let load = connection.calls.dispatcher.load
    self.decoder = NIOSingleStepByteToMessageProcessor(
      FrameDecoder(maximumDataLength: load.limits.messageSize)
    )
    self.writer = FrameWriter(budget: load.memory, gate: gate)
    self.state = ServerConnectionState(
      refusal: connection.refusal,
      minimumPingInterval: TimeAmount(connection.timeouts.minimumPingInterval)
    )
  }

  var calls: ConnectionCalls { self.connection.calls }
  var timeouts: ConnectionTimeouts { self.connection.timeouts }
  var load: CallLoad { self.calls.dispatcher.load }
  var logger: Logger { self.calls.dispatcher.logger }

  // MARK: The pipeline

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    let eventLoop = context.eventLoop
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    self.writer.open {
      eventLoop.execute { handler.value.flush() }
    }
    self.livenessTimer = LivenessTimer(
      Liveness(self.timeouts, now: self.connection.begin),
      eventLoop: eventLoop
    ) { self.act(on: $0) }
    self.livenessTimer?.check()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.livenessTimer?.stop()
    // Breaks reference cycles. Done here, because a channel that is closed before it is active has
    // no `channelInactive`.
    self.livenessTimer = nil
    self.writer.close()
    self.context = nil
    // Not in `channelInactive`, which can come while bytes are decoded: the rest would be counted
    // after it.
    _ = self.partialFrame.count(0, in: self.load)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    self.livenessTimer?.liveness.receivedBytes(at: .now())
    do {
      try self.decoder.decode(self.unwrapInboundIn(data)) { try self.receive($0) }
    } catch {
      self.close(for: error)
      return
    }
    if !self.partialFrame.count(self.decoder.unprocessedBytes, in: self.load) {
      self.logger.notice("Closing a connection: the limit for memory is reached")
      context.close(promise: nil)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    self.flush()
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    // Earlier handlers may still deliver bytes. Nothing would end the calls in them.
    _ = self.state.close()
    for open in self.table.calls {
      open.call.didEnd()
      open.responses.fail(.connectionClosed)
      open.call.fail(.connectionClosed)
    }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.logger.debug("A connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? DrainEvent {
      self.drain(gracePeriod: event.gracePeriod, event.reason)
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: In

  private func receive(_ input: FrameDecoder.InboundOut) throws(FrameError) {
    guard !self.state.isClosing else { return }
    self.livenessTimer?.receivedFrame()
    switch input {
    case .frame(let frame) where frame.type == .request:
      self.receiveRequest(frame)
    case .frame(let frame) where frame.type == .data:
      self.receiveData(frame)
    case .frame(let frame):
      // Unknown types are ignored, so that the protocol can grow.
      if self.state.hasOffer, let frame = try ExtensionFrame(frame) { self.receive(frame) }
    case .oversized(let header):
      let error = CallError.messageTooLong(
        Int(header.length),
        limit: self.load.limits.messageSize
      )
      if let open = self.table[header.stream] {
        open.call.fail(error)
      } else {
        self.refuse(header.stream, error)
      }
    }
  }

  // MARK: Out

  func refuse(_ stream: UInt32, _ error: CallError) {
    self.writer.writeSingle { $0.writeError(error, stream: stream) }
  }

  func flush() {
    guard let context = self.context else { return }
    let isEmpty = self.writer.flush(to: context) { stream in
      self.table.end(stream)?.call.didEnd()
      if self.table.isEmpty { self.livenessTimer?.liveness.callsEnded(at: .now()) }
    }
    if isEmpty { self.allWritten() }
  }
}
