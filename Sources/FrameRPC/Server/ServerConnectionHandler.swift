internal import Logging
internal import NIOCore
internal import Protobuf

/// A server's end of one connection: takes frames apart, opens calls, writes what calls send.
///
/// Lives on the connection's event loop. Calls are handed to `onCall`, whose task group runs them.
final class ServerConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let services: [String: ServiceDefinition]
  private let logger: Logger
  private let calls: AsyncStream<ServerCall>.Continuation

  private let decoder = NIOSingleStepByteToMessageProcessor(FrameDecoder())
  private let writer = FrameWriter()
  private var table = ServerStreamTable<OpenCall>()
  private var isDraining = false
  /// What exists while the handler is in a pipeline.
  private var context: ChannelHandlerContext?
  private var peer = ""

  private struct OpenCall {
    var call: ServerCall
    var deadline: Scheduled<Void>?
  }

  init(
    services: [String: ServiceDefinition],
    calls: AsyncStream<ServerCall>.Continuation,
    logger: Logger
  ) {
    self.services = services
    self.calls = calls
    self.logger = logger
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    self.peer = context.remoteAddress?.endpoint?.description ?? ""
    let eventLoop = context.eventLoop
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    self.writer.open {
      eventLoop.execute { handler.value.flush() }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    do {
      try self.decoder.process(buffer: self.unwrapInboundIn(data)) { self.receive($0) }
    } catch {
      self.logger.debug("Closing a connection that is not ttrpc", metadata: ["error": "\(error)"])
      context.close(promise: nil)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    self.flush()
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    for open in self.table.calls {
      open.deadline?.cancel()
      open.call.abandon()
    }
    self.calls.finish()
    self.writer.close()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.logger.debug("A connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  /// `ChannelShouldQuiesceEvent` begins the drain: running calls end, new ones are refused.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      self.isDraining = true
      self.flush()
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: In

  private func receive(_ input: FrameDecoder.InboundOut) {
    switch input {
    case .frame(let frame) where frame.type == .request:
      self.receiveRequest(frame)
    case .frame(let frame) where frame.type == .data:
      self.receiveData(frame)
    case .frame:
      break  // Unknown types are ignored, so that the protocol can grow.
    case .oversized(let header):
      let error = CallError.messageTooLong(Int(header.length))
      if let open = self.table.receiveOversized(on: header.stream) {
        open.call.fail(error)
      } else {
        self.refuse(header.stream, error)
      }
    }
  }

  private func receiveRequest(_ frame: Frame) {
    switch self.table.receiveRequest(on: frame.stream) {
    case .accept:
      do throws(CallError) {
        try self.open(frame)
      } catch {
        self.refuse(frame.stream, error)
      }
    case .refuse(let error):
      self.refuse(frame.stream, error)
    case .closeConnection(let error):
      self.refuse(frame.stream, error)
      self.flush()
      self.context?.close(promise: nil)
    }
  }

  private func receiveData(_ frame: Frame) {
    switch self.table.receiveData(on: frame.stream, flags: frame.flags) {
    case .deliver(let open, let hasMessage, let isLast):
      if hasMessage { open.call.requests.append(frame.data) }
      if isLast { open.call.requests.finish() }
    case .fail(let open, let error):
      open.call.fail(error)
    case .refuse(let error):
      self.refuse(frame.stream, error)
    }
  }

  private func open(_ frame: Frame) throws(CallError) {
    guard let eventLoop = self.context?.eventLoop else { return }
    guard !self.isDraining else {
      throw CallError(.unavailable, "The server is shutting down: call again on a new connection")
    }
    let envelope: RequestEnvelope
    do {
      envelope = try RequestEnvelope(serialized: frame.data)
    } catch {
      throw CallError(.invalidArgument, "unmarshal request error: \(error.message)")
    }
    guard let service = self.services[envelope.service] else {
      throw CallError(.unimplemented, "service \(envelope.service)")
    }
    guard let handler = service.methods[envelope.method] else {
      throw CallError(.unimplemented, "method \(envelope.method)")
    }

    let timeout = envelope.timeoutNano == 0 ? nil : Duration.nanoseconds(envelope.timeoutNano)
    var metadata = Metadata()
    for pair in envelope.metadata {
      metadata.add(pair.value, for: pair.key)
    }
    let call = ServerCall(
      context: CallContext(
        method: MethodDescriptor(service: envelope.service, method: envelope.method),
        metadata: metadata,
        deadline: timeout.map { .now + $0 },
        peer: self.peer
      ),
      request: envelope.payload,
      responses: OutboundStream(id: frame.stream, writer: self.writer),
      handler: handler,
      logger: self.logger
    )
    let deadline = timeout.map { timeout in
      eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        call.fail(.deadlineExceeded(timeout))
      }
    }
    if handler.takesMessages && (envelope.payload.readableBytes > 0) {
      call.requests.append(envelope.payload)
    }
    if frame.flags.contains(.remoteClosed) {
      call.requests.finish()
    }
    self.table.open(
      OpenCall(call: call, deadline: deadline),
      on: frame.stream,
      takesMessages: handler.takesMessages,
      flags: frame.flags
    )
    self.calls.yield(call)
  }

  // MARK: Out

  private func refuse(_ stream: UInt32, _ error: CallError) {
    self.writer.writeSingle { $0.writeError(error, stream: stream) }
  }

  private func flush() {
    guard let context = self.context else { return }
    self.writer.flush(to: context) { stream in
      self.table.end(stream)?.deadline?.cancel()
    }
    if self.isDraining && self.table.isEmpty {
      self.closeAfterWrites(context)
    }
  }

  private func closeAfterWrites(_ context: ChannelHandlerContext) {
    let channel = context.channel
    context.writeAndFlush(self.wrapOutboundOut(ByteBuffer())).whenComplete { _ in
      channel.close(promise: nil)
    }
  }
}

extension SocketAddress {
  /// Nil for addresses without a port.
  fileprivate var endpoint: Endpoint? {
    guard let host = self.ipAddress, let port = self.port else { return nil }
    return Endpoint(host: host, port: port)
  }
}
