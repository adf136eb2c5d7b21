internal import HTTPTransport
internal import Listening
internal import Logging
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2
internal import RPC

/// Serves the call of one stream of HTTP/2.
final class CallHandler: ChannelDuplexHandler, OpenRequest {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundIn = Never
  typealias OutboundOut = HTTP2Frame.FramePayload

  private let stream: HTTP2Stream
  private var context: ChannelHandlerContext?
  private var state = State.idle
  private var responses: CallResponses?
  private var timer = RequestTimer()
  /// Closed while the call has not read what its client streams.
  private let gate = ReadGate(limit: CallHandler.maximumUnread)
  private var isReadHeld = false
  private var hasHead = false
  /// Whether the client has sent its end.
  private var isWhole = false

  /// The bytes of streamed requests at which the stream stops reading.
  private static let maximumUnread = 64 << 10

  private enum State {
    case idle
    /// The only request of the call is arriving.
    case receiving(CallHead, since: ContinuousClock.Instant, IncomingMessages, ByteBuffer?)
    /// The call runs, and its client may stream messages.
    case streaming(ServerCall, IncomingMessages)
    /// The call runs, and has its request.
    case running(ServerCall)
    /// The end is sent, or the client is gone.
    case ended
  }

  init(_ stream: HTTP2Stream) {
    self.stream = stream
  }

  private var calls: ConnectionCalls { self.stream.connection.calls }
  private var load: CallLoad { self.calls.dispatcher.load }

  // MARK: The pipeline

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    self.stream.requests.add(self)
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let eventLoop = context.eventLoop
    self.gate.onReopen { eventLoop.execute { handler.value.readAgain() } }
    self.responses = CallResponses(self.load.memory) {
      eventLoop.execute { handler.value.flush() }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.leave()
    self.context = nil
    self.stream.requests.remove(self)
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.leave()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.calls.dispatcher.logger.debug("A gRPC stream failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    self.flush()
    context.fireChannelWritabilityChanged()
  }

  func read(context: ChannelHandlerContext) {
    self.isReadHeld = self.gate.isClosed
    if !self.isReadHeld { context.read() }
  }

  private func readAgain() {
    if self.isReadHeld, let context { self.read(context: context) }
  }

  /// The client is gone, or has reset the stream.
  private func leave() {
    self.end { $0.fail(.cancelled, unsent: .drop) }
  }

  /// Ends the call, if there is one.
  private func end(_ action: (ServerCall) -> Void = { _ in }) {
    self.timer.stop()
    switch self.state {
    case .receiving(_, _, var messages, _):
      messages.release()
    case .streaming(let call, var messages):
      messages.release()
      action(call)
      call.didEnd()
    case .running(let call):
      action(call)
      call.didEnd()
    case .idle, .ended: break
    }
    self.state = .ended
  }

  func drain() {}

  func failAtShutdown() {
    self.fail(.endedByShutdown, unsent: .sendUnlessBlocked)
  }

  // MARK: In

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    do throws(CallError) {
      switch self.unwrapInboundIn(data) {
      case .headers(let payload):
        if case .idle = self.state { try self.begin(payload.headers) }
        if payload.endStream { try self.receiveEnd() }
      case .data(let payload):
        if case .byteBuffer(let bytes) = payload.data { try self.receive(bytes) }
        if payload.endStream { try self.receiveEnd() }
      default: break
      }
    } catch {
      self.fail(error)
    }
  }

  private func begin(_ headers: HPACKHeaders) throws(CallError) {
    if let refusal = self.stream.connection.refusal { throw refusal }
    let head = try CallHead(headers)
    let messages = IncomingMessages(head.encoding, self.load)
    guard try self.calls.dispatcher.takesMessages(head.method) else {
      self.state = .receiving(head, since: .now, messages, nil)
      self.startTimer()
      return
    }
    let queue = MessageQueue(
      window: Self.maximumUnread,
      gate: self.gate,
      budget: self.load.memory
    )
    let call = try self.open(head, ByteBuffer(), since: .now, requests: queue)
    self.state = .streaming(call, messages)
    self.calls.run(call)
  }

  private func open(
    _ head: CallHead,
    _ message: ByteBuffer,
    since begin: ContinuousClock.Instant,
    requests: MessageQueue
  ) throws(CallError) -> ServerCall {
    guard let responses else { throw .connectionClosed }
    return try self.calls.open(
      CallRequest(
        method: head.method,
        metadata: head.metadata,
        timeout: head.timeout.map { $0 - (ContinuousClock.now - begin) },
        message: message,
        length: head.metadata.size + message.readableBytes
      ),
      requests: requests,
      responses: responses
    )
  }

  private func receive(_ bytes: ByteBuffer) throws(CallError) {
    switch self.state {
    case .receiving(let head, let begin, var messages, var request):
      // The only reference, so that the bytes are not copied.
      self.state = .idle
      defer { self.state = .receiving(head, since: begin, messages, request) }
      messages.append(bytes)
      while let message = try messages.next() {
        guard request == nil else { throw .otherThanOneRequest }
        request = message
      }
      self.timer.progress(bytes.readableBytes)
    case .streaming(let call, var messages):
      self.state = .idle
      defer { self.state = .streaming(call, messages) }
      messages.append(bytes)
      while let message = try messages.next() {
        call.requests.append(message, length: message.readableBytes)
      }
    case .running where bytes.readableBytes > 0:
      throw .otherThanOneRequest
    case .idle, .running, .ended: break
    }
  }

  private func receiveEnd() throws(CallError) {
    self.isWhole = true
    switch self.state {
    case .receiving(let head, let begin, let messages, let request):
      guard messages.isAtEnd else { throw .cutOff }
      guard let request else { throw .otherThanOneRequest }
      self.timer.stop()
      let requests = MessageQueue(window: 0)
      requests.finish()
      let call = try self.open(head, request, since: begin, requests: requests)
      self.state = .running(call)
      self.calls.run(call)
    case .streaming(let call, let messages):
      guard messages.isAtEnd else { throw .cutOff }
      call.requests.finish()
      self.state = .running(call)
    case .idle, .running, .ended: break
    }
  }

  private func startTimer() {
    guard let context else { return }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let time = self.stream.connection.timeouts.firstRequest
    self.timer.start(.request, self.stream.connection, on: context.eventLoop) {
      handler.value.fail(
        CallError(.deadlineExceeded, "The request has taken longer than \(time) to arrive")
      )
    }
  }

  /// Ends the call, whether it has begun or not.
  private func fail(_ error: CallError, unsent: UnsentResponses = .send) {
    switch self.state {
    case .streaming(let call, _), .running(let call):
      call.fail(error, unsent: unsent)
    case .idle, .receiving:
      self.timer.stop()
      self.responses?.finish(error, unsent: unsent)
      self.flush()
    case .ended: break
    }
  }

  // MARK: Out

  /// Sends what the call has answered.
  private func flush() {
    guard let context, let responses else { return }
    if case .ended = self.state { return }
    while context.channel.isWritable {
      guard let output = responses.take() else { return context.flush() }
      self.stream.requests.hasSent = true
      if output.messages.readableBytes > 0 {
        self.writeHead()
        self.write(.data(.init(data: .byteBuffer(output.messages))))
      }
      if output.isLast { return self.writeEnd(output.error) }
    }
    if responses.block() {
      // The client does not read, so it would not see the trailers either.
      self.write(.rstStream(.cancel))
      self.end()
    }
    context.flush()
  }

  /// The call, while it runs.
  private var call: ServerCall? {
    switch self.state {
    case .streaming(let call, _), .running(let call): call
    case .idle, .receiving, .ended: nil
    }
  }

  private var head: HPACKHeaders {
    var head = HPACKHeaders.response
    if let context = self.call?.context {
      head.add(name: "\(RequestID.metadataKey)", value: "\(context.id)")
      head.add(context.initialMetadata)
    }
    return head
  }

  private func writeHead() {
    guard !self.hasHead else { return }
    self.hasHead = true
    self.write(.headers(.init(headers: self.head)))
  }

  private func writeEnd(_ error: CallError?) {
    guard let context else { return }
    var trailers = self.hasHead ? HPACKHeaders() : self.head
    if let call { trailers.add(call.context.trailingMetadata) }
    trailers.addStatus(error)
    let isWhole = self.isWhole
    let sent = context.eventLoop.makePromise(of: Void.self)
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    sent.futureResult.whenSuccess {
      // The client need not send the rest (RFC 9113 section 8.1).
      if !isWhole { handler.value.write(.rstStream(.noError)) }
      handler.value.context?.flush()
    }
    context.writeAndFlush(
      self.wrapOutboundOut(.headers(.init(headers: trailers, endStream: true))),
      promise: sent
    )
    self.end()
  }

  private func write(_ payload: HTTP2Frame.FramePayload) {
    self.context?.write(self.wrapOutboundOut(payload), promise: nil)
  }
}

extension CallError {
  /// gRPC's code for a wrong number of requests (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).
  fileprivate static let otherThanOneRequest = CallError(
    .unimplemented,
    "The method takes one request: send one message, and then the end"
  )

  fileprivate static let cutOff = CallError(
    .internal,
    "The client has ended its stream within a message"
  )
}
