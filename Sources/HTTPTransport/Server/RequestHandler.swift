internal import Listening
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// Answers the requests of a channel one after the other: those of an HTTP/1 connection, or the one
/// of a stream of HTTP/2.
final class RequestHandler: ChannelDuplexHandler, RemovableChannelHandler, OpenRequest {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let connection: HTTPConnection
  private let isStream: Bool
  private var context: ChannelHandlerContext?
  private var state = State.idle
  /// What arrived while a request was answered (RFC 9112 section 9.3.2).
  private var pipelined = CircularBuffer<HTTPServerRequestPart>()
  /// Why what arrived after that cannot be read.
  private var pipelinedFailure: HTTPFailure?
  private var isReceivingPipelined = false
  private var isReadHeld = false
  private var isInputClosed = false
  private var timer = RequestTimer()

  private enum State {
    /// No request has arrived, or only a part of its head.
    case idle
    case receiving(RequestHead, HTTPRequestHead, IncomingContent)
    case answering(Answering)
    /// The last response is written.
    case ended

    /// Whether more of a request can come.
    var takesParts: Bool {
      switch self {
      case .idle, .receiving: true
      case .answering, .ended: false
      }
    }
  }

  /// A request that is being answered.
  private struct Answering {
    var head: HTTPRequestHead
    var id: String
    var source = Source.route
    /// Whether all of the request has arrived.
    var isWhole: Bool
    /// Whether another request may follow.
    var keepsAlive: Bool

    /// Where the response comes from.
    enum Source {
      /// It is written at once.
      case route
      /// The route reads the request.
      case reading(ContentReading)
      case calls(Exchange)
    }

    /// Nil while no calls are made.
    var exchange: Exchange? {
      if case .calls(let exchange) = self.source { exchange } else { nil }
    }

    /// Nil unless the route reads the request beside the event loop.
    var reading: ContentReading? {
      if case .reading(let reading) = self.source { reading } else { nil }
    }
  }

  /// - Parameter isStream: whether the channel is a stream of HTTP/2.
  init(_ connection: HTTPConnection, isStream: Bool) {
    self.connection = connection
    self.isStream = isStream
  }

  private var timeouts: ConnectionTimeouts { self.connection.server.timeouts }
  private var logger: Logger { self.connection.server.calls.dispatcher.logger }

  // MARK: The pipeline

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    self.connection.requests.add(self)
    self.wait(for: self.isStream ? .request : .firstRequest)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.timer.stop()
    self.leave()
    self.context = nil
    self.connection.requests.remove(self)
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.leave()
    context.fireChannelInactive()
  }

  /// The client is gone.
  private func leave() {
    switch self.state {
    case .receiving(_, _, var content): content.release()
    case .answering(let answering):
      answering.reading?.cancel()
      answering.exchange?.cancel()
    case .idle, .ended: break
    }
    self.state = .ended
    self.pipelined = []
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let failure = HTTPFailure(reading: error) else {
      self.logger.debug("An HTTP connection failed", metadata: ["error": "\(error)"])
      context.close(promise: nil)
      return
    }
    switch self.state {
    case .answering: self.pipelinedFailure = failure
    case .idle, .receiving: self.refuse(failure, PlainErrors())
    case .ended: break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let drain as DrainEvent:
      self.connection.drain(gracePeriod: drain.gracePeriod)
    case ChannelEvent.inputClosed:
      self.inputClosed()
    default:
      break
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func inputClosed() {
    self.isInputClosed = true
    switch self.state {
    // On a stream of HTTP/2 it is the end of the request.
    case .answering where self.isStream: break
    case .answering(let answering) where answering.exchange?.endsWithClient == true:
      self.context?.close(promise: nil)
    case .answering, .ended: break
    case .idle: self.end()
    case .receiving: self.context?.close(promise: nil)
    }
  }

  func read(context: ChannelHandlerContext) {
    // Not while requests wait: the client sends more than it is answered.
    self.isReadHeld = !self.pipelined.isEmpty
    if !self.isReadHeld { context.read() }
  }

  // MARK: Requests

  /// Bytes of a request have arrived.
  func didReceiveBytes() {
    guard case .idle = self.state else { return }
    if self.timer.purpose == .idle { self.wait(for: .request) } else { self.timer.began() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = self.unwrapInboundIn(data)
    switch self.state {
    case .answering: self.pipelined.append(part)
    case .idle, .receiving: self.receive(part)
    case .ended: break
    }
  }

  private func receive(_ part: HTTPServerRequestPart) {
    switch (part, self.state) {
    case (.head(let head), .idle):
      self.receive(head)
    case (.body(let bytes), .receiving(let request, let head, var content)):
      do {
        // The only reference, so that the bytes are not copied.
        self.state = .idle
        defer { self.state = .receiving(request, head, content) }
        try content.append(bytes, self.connection.limits)
      } catch {
        self.refuse(error, request.errors)
      }
      self.timer.progress(bytes.readableBytes)
    case (.end, .receiving(let request, let head, let content)):
      self.begin(head, id: request.id, isWhole: true)
      self.answer(request, content)
    default:
      break
    }
  }

  private func receive(_ head: HTTPRequestHead) {
    self.wait(for: .request)
    let id = RequestID(Metadata(head.headers)).description
    let content = IncomingContent(
      limit: self.connection.limits.contentSize,
      self.connection.server.calls.dispatcher.load
    )
    do throws(RequestHead.Reply) {
      let request = try RequestHead(
        head,
        self.connection.router,
        self.connection.limits,
        self.connection.crossOrigin,
        id: id
      )
      self.state = .receiving(request, head, content)
      if request.expectsContinue, !head.isHTTP1_0 {
        self.write(.head(HTTPResponseHead(version: head.version, status: .continue)))
        self.context?.flush()
      }
    } catch {
      // After a wrong head it is not certain where the next one begins.
      self.begin(head, id: id, isWhole: head.hasNoContent && !error.isBadRequest)
      switch error {
      case .failure(let failure, let errors):
        self.respond(errors.response(to: failure, requestID: id))
      case .options(let methods):
        self.respond(
          HTTPResponse(
            .noContent,
            headers: ["allow": methods.map(\.rawValue).joined(separator: ", ")],
            body: ByteBuffer()
          ),
          methods: methods
        )
      }
    }
  }

  /// - Parameter isWhole: whether all of the request has arrived; otherwise the rest is not read.
  private func begin(_ head: HTTPRequestHead, id: String, isWhole: Bool) {
    self.timer.stop()
    self.state = .answering(
      Answering(
        head: head,
        id: id,
        isWhole: isWhole,
        // NIO's decoder reads nothing after a request to upgrade, which is answered as any other.
        keepsAlive: isWhole && head.isKeepAlive && !self.connection.isDraining
          && !head.headers.contains(name: "upgrade")
      )
    )
  }

  private func answer(_ request: RequestHead, _ content: IncomingContent) {
    var content = content
    if let refusal = self.connection.server.refusal {
      content.release()
      self.endAfterThis()
      self.fail(request, HTTPFailure(refusal))
    } else if let route = request.route?.route {
      guard content.bytes.readableBytes <= ContentReading.largestOnLoop else {
        return self.read(request, content, route)
      }
      content.release()
      self.answer(request, request.answer(route, content.bytes))
    }
  }

  /// Has a route read long content, while the event loop goes on.
  private func read(_ request: RequestHead, _ content: IncomingContent, _ route: Route) {
    guard let eventLoop = self.context?.eventLoop, case .answering(var answering) = self.state
    else { return }
    let reading = ContentReading(request, content)
    answering.source = .reading(reading)
    self.state = .answering(answering)
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    let wasInputClosed = self.isInputClosed
    reading.begin(route, on: eventLoop) { answer in
      handler.value.didRead(reading, answer, wasInputClosed: wasInputClosed)
    }
  }

  private func didRead(
    _ reading: ContentReading,
    _ answer: Result<Answer, HTTPFailure>,
    wasInputClosed: Bool
  ) {
    guard case .answering(let answering) = self.state, answering.reading === reading else { return }
    if case .success(.calls(_, let writer)) = answer, writer.endsWithClient, !self.isStream,
      self.isInputClosed, !wasInputClosed
    {
      // The calls would have ended then, had they begun before.
      self.context?.close(promise: nil)
    } else {
      self.answer(reading.request, answer)
    }
  }

  private func answer(_ request: RequestHead, _ answer: Result<Answer, HTTPFailure>) {
    switch answer {
    case .success(.ready(let response)): self.respond(response)
    case .success(.calls(let calls, let writer)):
      let forwarded = self.connection.forwardedFields
      self.answer(request, forwarded?.apply(request.headers, to: calls) ?? calls, writer)
    case .failure(let failure): self.fail(request, failure)
    }
  }

  private func answer(
    _ request: RequestHead,
    _ calls: [CallRequest],
    _ writer: any AnswerWriter
  ) {
    guard let eventLoop = self.context?.eventLoop, case .answering(var answering) = self.state
    else { return }
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    let exchange = Exchange(
      calls,
      writer,
      errors: request.errors,
      requestID: request.id,
      calls: self.connection.server.calls
    ) {
      eventLoop.execute { handler.value.flush() }
    }
    answering.source = .calls(exchange)
    self.state = .answering(answering)
    if writer.keepalive != nil { self.scheduleKeepalive(of: exchange) }
    exchange.begin()
  }

  func failAtShutdown() {
    guard case .answering(let answering) = self.state else { return }
    switch answering.source {
    case .route: break
    case .reading(let reading):
      reading.cancel()
      self.fail(reading.request, HTTPFailure(.endedByShutdown))
    case .calls(let exchange):
      exchange.fail(HTTPFailure(.endedByShutdown), unsent: .sendUnlessBlocked)
    }
  }

  /// Takes no more requests.
  func drain() {
    self.endAfterThis()
    if case .idle = self.state, !self.isStream { self.end() }
  }

  private func endAfterThis() {
    guard case .answering(var answering) = self.state else { return }
    answering.keepsAlive = false
    self.state = .answering(answering)
  }

  // MARK: Responses

  /// Refuses what is being received. The rest of it is not read.
  private func refuse(_ failure: HTTPFailure, _ errors: any ErrorFormat) {
    var id = RequestID(Metadata()).description
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
    if case .receiving(let request, let received, var content) = self.state {
      content.release()
      (id, head) = (request.id, received)
    }
    self.begin(head, id: id, isWhole: false)
    self.respond(errors.response(to: failure, requestID: id))
  }

  /// Answers a request with an error.
  private func fail(_ request: RequestHead, _ failure: HTTPFailure) {
    self.respond(request.errors.response(to: failure, requestID: request.id))
  }

  /// Writes a whole response.
  private func respond(_ response: HTTPResponse, methods: [HTTPMethod]? = nil) {
    guard case .answering(let answering) = self.state else { return }
    var headers = response.headers
    if response.status != .noContent {
      headers.replaceOrAdd(name: "content-length", value: "\(response.body.readableBytes)")
    }
    self.writeHead(response.status, headers, answering, methods: methods)
    if answering.head.method != .HEAD, response.body.readableBytes > 0 {
      self.write(.body(.byteBuffer(response.body)))
    }
    self.finish()
  }

  private func writeHead(
    _ status: HTTPResponseStatus,
    _ headers: HTTPHeaders,
    _ answering: Answering,
    methods: [HTTPMethod]? = nil
  ) {
    var head = HTTPResponseHead(version: answering.head.version, status: status, headers: headers)
    head.headers.add(name: "date", value: HTTPDate.now)
    head.headers.add(name: "x-request-id", value: answering.id)
    self.connection.crossOrigin.add(
      to: &head.headers,
      for: answering.head.headers,
      methods: methods
    )
    if !self.isStream {
      if !answering.keepsAlive {
        head.headers.add(name: "connection", value: "close")
      } else if answering.head.isHTTP1_0 {
        head.headers.add(name: "connection", value: "keep-alive")
      }
    }
    self.write(.head(head))
  }

  /// Sends what the calls have answered.
  private func flush() {
    guard case .answering(var answering) = self.state, let exchange = answering.exchange,
      let context
    else { return }
    while context.channel.isWritable {
      guard let output = exchange.take() else { return context.flush() }
      switch output {
      case .whole(let response):
        return self.respond(response)
      case .beginning(let contentType, let body):
        // An older client cannot tell the end of such a response from that of the connection.
        if answering.head.isHTTP1_0 { answering.keepsAlive = false }
        self.state = .answering(answering)
        self.writeHead(
          .ok,
          ["content-type": contentType, "cache-control": "no-cache", "x-accel-buffering": "no"],
          answering
        )
        self.writeBody(body, answering)
      case .next(let body):
        self.writeBody(body, answering)
      case .last(let body):
        self.writeBody(body, answering)
        return self.finish()
      }
    }
    exchange.block()
    context.flush()
  }

  private func writeBody(_ body: ByteBuffer, _ answering: Answering) {
    if body.readableBytes > 0, answering.head.method != .HEAD {
      self.write(.body(.byteBuffer(body)))
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    self.flush()
    context.fireChannelWritabilityChanged()
  }

  private func write(_ part: HTTPServerResponsePart) {
    self.context?.write(self.wrapOutboundOut(part), promise: nil)
  }

  /// Ends the response, and goes on with the next request.
  private func finish() {
    guard case .answering(let answering) = self.state, let context else { return }
    self.state = .idle
    context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    if self.isStream {
      self.state = .ended
      // The client need not send the rest. Closing at once could overtake the response.
      guard !answering.isWhole else { return }
      let channel = context.channel
      context.eventLoop.scheduleTask(in: ChannelHandlerContext.closeTimeout) {
        channel.close(promise: nil)
      }
      return
    }
    guard answering.keepsAlive, !self.connection.isDraining else { return self.end() }
    self.wait(for: .idle)
    self.receivePipelined()
  }

  /// Goes on with what arrived while another request was answered.
  private func receivePipelined() {
    // Requests that are answered at once come back here: not deeper and deeper.
    guard !self.isReceivingPipelined, let context else { return }
    self.isReceivingPipelined = true
    defer { self.isReceivingPipelined = false }
    while !self.pipelined.isEmpty, self.state.takesParts {
      self.receive(self.pipelined.removeFirst())
    }
    guard self.state.takesParts else { return }
    if let failure = self.pipelinedFailure {
      self.refuse(failure, PlainErrors())
    } else if self.isInputClosed {
      self.end()
    } else if self.isReadHeld {
      self.read(context: context)
    }
  }

  /// Closes the connection when all is written.
  private func end() {
    self.state = .ended
    self.timer.stop()
    self.context?.closeAfterWrites()
  }

  // MARK: Time

  private func wait(for purpose: RequestTimer.Purpose) {
    guard let context else { return }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    self.timer.start(purpose, self.connection.server, on: context.eventLoop) {
      handler.value.timeIsOver()
    }
  }

  private func timeIsOver() {
    switch (self.state, self.timer.purpose) {
    case (.idle, .idle), (.idle, .firstRequest): self.end()
    case (.idle, _), (.receiving, _):
      self.refuse(
        HTTPFailure(
          .requestTimeout,
          "The request has taken longer than \(self.timeouts.firstRequest) to arrive"
        ),
        PlainErrors()
      )
    case (.answering, _), (.ended, _): break
    }
  }

  private func scheduleKeepalive(of exchange: Exchange) {
    guard let eventLoop = self.context?.eventLoop else { return }
    let interval = TimeAmount(self.connection.limits.keepaliveInterval)
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.scheduleTask(in: interval) { [weak exchange] in
      guard let exchange, case .answering(let answering) = handler.value.state,
        answering.exchange === exchange, exchange.keepAlive()
      else { return }
      handler.value.scheduleKeepalive(of: exchange)
    }
  }
}

extension HTTPRequestHead {
  /// Whether nothing follows the head.
  fileprivate var hasNoContent: Bool {
    if self.headers.contains(name: "transfer-encoding") { return false }
    return self.headers.first(name: "content-length").map { Int($0) == 0 } ?? true
  }
}

extension Metadata {
  /// The metadata of a request that names itself.
  fileprivate init(_ headers: HTTPHeaders) {
    self.init()
    self[RequestID.metadataKey] = headers.first(name: "x-request-id")
  }
}
