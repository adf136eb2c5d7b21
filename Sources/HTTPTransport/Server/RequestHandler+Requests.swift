internal import Listening
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// What arrives, and what is done with it.
extension RequestHandler {
  /// Bytes of a request have arrived.
  func didReceiveBytes() {
    guard case .idle = self.state else { return }
    if self.timer.purpose == .idle { self.wait(for: .request) } else { self.timer.began() }
  }

  func receive(_ part: HTTPServerRequestPart) {
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

  func receive(_ head: HTTPRequestHead) {
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
  func begin(_ head: HTTPRequestHead, id: String, isWhole: Bool) {
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

  func answer(_ request: RequestHead, _ content: IncomingContent) {
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
  func read(_ request: RequestHead, _ content: IncomingContent, _ route: Route) {
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

  func didRead(
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

  func answer(_ request: RequestHead, _ answer: Result<Answer, HTTPFailure>) {
    switch answer {
    case .success(.ready(let response)): self.respond(response)
    case .success(.calls(let calls, let writer)):
      let forwarded = self.connection.forwardedFields
      self.answer(request, forwarded?.apply(request.headers, to: calls) ?? calls, writer)
    case .failure(let failure): self.fail(request, failure)
    }
  }

  func answer(
    _ request: RequestHead,
    _ calls: CallRequests,
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

  func endAfterThis() {
    guard case .answering(var answering) = self.state else { return }
    answering.keepsAlive = false
    self.state = .answering(answering)
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
