internal import Listening
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// What is sent.
extension RequestHandler {
  /// Refuses what is being received. The rest of it is not read.
  func refuse(_ failure: HTTPFailure, _ errors: any ErrorFormat) {
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
  func fail(_ request: RequestHead, _ failure: HTTPFailure) {
    self.respond(request.errors.response(to: failure, requestID: request.id))
  }

  /// Writes a whole response.
  func respond(_ response: HTTPResponse, methods: [HTTPMethod]? = nil) {
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

  func writeHead(
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
  func flush() {
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

  func writeBody(_ body: ByteBuffer, _ answering: Answering) {
    if body.readableBytes > 0, answering.head.method != .HEAD {
      self.write(.body(.byteBuffer(body)))
    }
  }

  func write(_ part: HTTPServerResponsePart) {
    self.context?.write(self.wrapOutboundOut(part), promise: nil)
  }

  /// Ends the response, and goes on with the next request.
  func finish() {
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
  func receivePipelined() {
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
  func end() {
    self.state = .ended
    self.timer.stop()
    self.context?.closeAfterWrites()
  }

  func scheduleKeepalive(of exchange: Exchange) {
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
