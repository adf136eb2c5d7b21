internal import HTTPTransport
internal import Identifiers
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

  let stream: HTTP2Stream
  private(set) var context: ChannelHandlerContext?
  var state = State.idle
  private(set) var responses: CallResponses?
  var timer = RequestTimer()
  /// Closed while the call has not read what its client streams.
  let gate = ReadGate(limit: CallHandler.maximumUnread)
  private var isReadHeld = false
  private var hasHead = false
  /// Whether the client has sent its end.
  var isWhole = false

  /// The bytes of streamed requests at which the stream stops reading.
  static let maximumUnread = 64 << 10

  enum State {
    case idle
    /// The only request of the call is arriving.
    case receiving(CallHead, since: ContinuousClock.Instant, IncomingMessages, ByteBuffer?)
    /// The call runs, and its client may stream messages.
    case streaming(ServerCall, IncomingMessages)
    /// The call runs, and has its request.
    case running(ServerCall)
    /// No call has begun, and the refusal waits to be sent. What comes is dropped.
    case refused
    /// The end is sent, or the client is gone.
    case ended
  }

  init(_ stream: HTTP2Stream) {
    self.stream = stream
  }

  var calls: ConnectionCalls { self.stream.connection.calls }
  var load: CallLoad { self.calls.dispatcher.load }

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
    // Both have a way back to this handler.
    self.responses = nil
    self.gate.onReopen {}
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
    case .idle, .refused, .ended: break
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

  /// Ends the call, whether it has begun or not. It takes nothing more of what its client sends: its end
  /// may wait long for a client that does not read.
  func fail(_ error: CallError, unsent: UnsentResponses = .send) {
    switch self.state {
    case .streaming(let call, var messages):
      messages.release()
      self.state = .running(call)
      call.fail(error, unsent: unsent)
    case .running(let call):
      call.fail(error, unsent: unsent)
    case .receiving(_, _, var messages, _):
      messages.release()
      self.refuse(error, unsent)
    case .idle, .refused:
      self.refuse(error, unsent)
    case .ended: break
    }
  }

  private func refuse(_ error: CallError, _ unsent: UnsentResponses) {
    self.timer.stop()
    self.state = .refused
    self.responses?.finish(error, unsent: unsent)
    self.flush()
  }

  // MARK: Out

  /// Sends what the call has answered.
  private func flush() {
    guard let context, let responses else { return }
    if case .ended = self.state { return }
    while context.channel.isWritable {
      guard let output = responses.take() else { return context.flush() }
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
    case .idle, .receiving, .refused, .ended: nil
    }
  }

  private var head: HPACKHeaders {
    var head = HPACKHeaders.response
    if let context = self.call?.context {
      head.addUnique(name: RequestID.metadataKey.text, value: "\(context.id)")
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
    let sent = context.eventLoop.makePromise(of: Void.self)
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    sent.futureResult.whenSuccess {
      // The client need not send the rest (RFC 9113 section 8.1).
      if !handler.value.isWhole { handler.value.write(.rstStream(.noError)) }
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
