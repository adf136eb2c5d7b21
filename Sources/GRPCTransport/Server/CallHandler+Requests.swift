internal import HTTPTransport
internal import Listening
internal import NIOCore
internal import NIOHPACK
internal import RPC

/// What a client sends, and what becomes of it.
extension CallHandler {
  /// The call's header fields have arrived.
  func begin(_ headers: HPACKHeaders) throws(CallError) {
    if let refusal = self.stream.connection.refusal { throw refusal }
    let head = try CallHead(headers, sizeLimit: self.stream.headerSizeLimit)
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

  /// Bytes of its messages have arrived.
  func receive(_ bytes: ByteBuffer) throws(CallError) {
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
    case .idle, .running, .refused, .ended: break
    }
  }

  /// The client has sent all.
  func receiveEnd() throws(CallError) {
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
    case .idle, .running, .refused, .ended: break
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
}

extension CallError {
  /// gRPC's code for a wrong number of requests (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).
  static let otherThanOneRequest = CallError(
    .unimplemented,
    "The method takes one request: send one message, and then the end"
  )

  static let cutOff = CallError(
    .internal,
    "The client has ended its stream within a message"
  )
}
