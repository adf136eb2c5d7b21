internal import Concurrency
internal import NIOCore
internal import NIOHTTP1
internal import RPC

/// One request that is answered by calls: collects what their responses become, until the
/// connection sends it.
///
/// Several calls run beside each other, some at a time. When one fails, the others end.
final class Exchange: Sendable {
  private let errors: any ErrorFormat
  private let requestID: String
  private let calls: ConnectionCalls
  private let requests: CallRequests
  private let state: Monitor<State>
  /// Asks the connection, on any thread, to send what `take` returns.
  private let requestFlush: @Sendable () -> Void

  /// The bytes that wait for the connection at which calls pause.
  private static let fullSize = 16 << 10
  /// How many of a request's calls run beside each other. A server's slots are few, and an address
  /// without an access token may have no more than 32 texts by default.
  private static let concurrentCalls = 8

  private struct State {
    var writer: any AnswerWriter
    /// Calls that have not begun.
    var waiting: Range<Int>
    var running: [Int: ServerCall] = [:]
    /// How many calls have not ended.
    var left: Int
    /// What the connection has not taken.
    var body = ByteBuffer()
    /// The response instead of what the writer writes, because it has not begun.
    var refusal: HTTPResponse?
    var hasBegun = false
    /// The connection cannot send now.
    var isBlocked = false
    var isFlushRequested = false
    /// No call writes any more.
    var hasEnded = false
    /// Bytes that count for the memory budget.
    var counted = 0

    var hasRoom: Bool { self.body.readableBytes < Exchange.fullSize }
    /// Whether a call that waits for room goes on.
    var isReady: Bool { self.hasRoom || self.hasEnded }

    mutating func write(_ message: ByteBuffer, of call: Int) -> Written {
      self.counted += message.readableBytes
      guard !self.hasEnded else {
        return Written(hasRoom: false, needsFlush: false, failure: HTTPFailure(.ended))
      }
      var failure: HTTPFailure?
      do throws(HTTPFailure) {
        try self.writer.write(message, of: call, to: &self.body)
      } catch {
        failure = error
      }
      return Written(hasRoom: self.hasRoom, needsFlush: self.needsFlush(), failure: failure)
    }

    /// - Returns: whether the connection has to be asked.
    mutating func needsFlush() -> Bool {
      guard !self.isFlushRequested, self.hasEnded || self.body.readableBytes > 0 else {
        return false
      }
      self.isFlushRequested = true
      return true
    }
  }

  /// What came of a response.
  private struct Written {
    var hasRoom: Bool
    var needsFlush: Bool
    var failure: HTTPFailure?
  }

  /// - Parameter requestFlush: called, on any thread, when there is something to send again.
  init(
    _ requests: CallRequests,
    _ writer: any AnswerWriter,
    errors: any ErrorFormat,
    requestID: String,
    calls: ConnectionCalls,
    requestFlush: @escaping @Sendable () -> Void
  ) {
    self.errors = errors
    self.requestID = requestID
    self.calls = calls
    self.requestFlush = requestFlush
    self.requests = requests
    self.state = Monitor(State(writer: writer, waiting: requests.indices, left: requests.count))
    self.budget.add(requests.held)
  }

  deinit {
    self.budget.remove(self.requests.held + self.state.withLock { $0.counted })
  }

  private var budget: MemoryBudget { self.calls.dispatcher.load.memory }

  /// Whether the calls end when the client closes its side.
  var endsWithClient: Bool { self.state.withLock { $0.writer.endsWithClient } }

  // MARK: Calls

  /// Begins the first calls.
  func begin() {
    for _ in 0 ..< Self.concurrentCalls { self.beginNext() }
  }

  private func beginNext() {
    let next = self.state.withLock { state in state.hasEnded ? nil : state.waiting.popFirst() }
    guard let next else { return }
    let request = self.requests[next]
    do throws(CallError) {
      if try self.calls.dispatcher.takesMessages(request.method) { throw .streamedRequests }
      let requests = MessageQueue(window: 0)
      requests.finish()
      let call = try self.calls.open(
        request,
        requests: requests,
        responses: ExchangeSink(self, call: next)
      )
      let isWanted = self.state.withLock { state in
        if !state.hasEnded { state.running[next] = call }
        return !state.hasEnded
      }
      if !isWanted { call.fail(.cancelled, unsent: .drop) }
      self.calls.run(call)
    } catch {
      self.fail(HTTPFailure(error), unsent: .send)
    }
  }

  /// Ends the request, and its calls.
  func fail(_ failure: HTTPFailure, unsent: UnsentResponses) {
    let (running, needsFlush) = self.state.update { state in
      guard !state.hasEnded else { return ([:] as [Int: ServerCall], false) }
      let isDropped = unsent == .drop || unsent == .sendUnlessBlocked && state.isBlocked
      if isDropped { state.body.clear() }
      if state.hasBegun || state.body.readableBytes > 0 {
        state.writer.fail(failure, to: &state.body)
      } else {
        state.refusal = self.errors.response(to: failure, requestID: self.requestID)
      }
      state.hasEnded = true
      state.waiting = 0 ..< 0
      defer { state.running = [:] }
      return (state.running, state.needsFlush())
    }
    for call in running.values {
      call.fail(failure.error, unsent: .drop)
      call.didEnd()
    }
    if needsFlush { self.requestFlush() }
  }

  /// The client is gone: ends the calls.
  func cancel() {
    self.fail(HTTPFailure(.cancelled), unsent: .drop)
  }

  // MARK: Responses

  fileprivate func write(
    call index: Int,
    _ serialize: (inout ByteBuffer) -> Void
  ) throws(CallError) -> Bool {
    var message = ByteBuffer()
    serialize(&message)
    let written = self.state.withLock { $0.write(message, of: index) }
    self.budget.add(message.readableBytes)
    if let failure = written.failure {
      self.fail(failure, unsent: .send)
      throw failure.error
    }
    if written.needsFlush { self.requestFlush() }
    return written.hasRoom
  }

  fileprivate func waitForRoom() async throws(CallError) {
    await self.state.waitUnlessCancelled { $0.isReady }
    if Task.isCancelled { throw .cancelled }
    if self.state.withLock({ $0.hasEnded }) { throw .ended }
  }

  fileprivate func finish(call index: Int, _ error: CallError?, unsent: UnsentResponses) {
    let call = self.state.withLock { $0.running.removeValue(forKey: index) }
    call?.didEnd()
    if let error { return self.fail(HTTPFailure(error), unsent: unsent) }
    self.beginNext()
    let (failure, needsFlush) = self.state.update { state in
      state.left -= 1
      guard !state.hasEnded, state.left == 0 else { return (nil as HTTPFailure?, false) }
      do throws(HTTPFailure) {
        try state.writer.finish(to: &state.body)
      } catch {
        return (error, false)
      }
      state.hasEnded = true
      return (nil, state.needsFlush())
    }
    if let failure { return self.fail(failure, unsent: .send) }
    if needsFlush { self.requestFlush() }
  }

  // MARK: The connection

  /// What the connection sends next.
  enum Output {
    /// The whole response.
    case whole(HTTPResponse)
    /// The beginning of a response, of this media type.
    case beginning(contentType: String, ByteBuffer)
    case next(ByteBuffer)
    /// The last part.
    case last(ByteBuffer)
  }

  /// Takes what waits; nil when there is nothing, and then `requestFlush` is called for the next.
  func take() -> Output? {
    self.state.update { state in
      state.isBlocked = false
      guard state.body.readableBytes > 0 || state.hasEnded else {
        state.isFlushRequested = false
        return nil
      }
      if let refusal = state.refusal {
        state.refusal = nil
        return .whole(refusal)
      }
      let body = state.body
      state.body = ByteBuffer()
      self.budget.remove(state.counted)
      state.counted = 0
      let isFirst = !state.hasBegun
      state.hasBegun = true
      switch (isFirst, state.hasEnded) {
      case (true, true):
        let headers: HTTPHeaders = ["content-type": state.writer.contentType]
        return .whole(HTTPResponse(.ok, headers: headers, body: body))
      case (true, false): return .beginning(contentType: state.writer.contentType, body)
      case (false, false): return .next(body)
      case (false, true): return .last(body)
      }
    } wakingIf: {
      $0.isReady
    }
  }

  /// The connection cannot send: nothing is taken until it can.
  func block() {
    self.state.withLock { $0.isBlocked = true }
  }

  /// Sends what a silent stream sends.
  ///
  /// - Returns: false when the response does not stream.
  func keepAlive() -> Bool {
    let (streams, needsFlush) = self.state.withLock { state in
      guard !state.hasEnded, let keepalive = state.writer.keepalive else { return (false, false) }
      if state.body.readableBytes == 0 { state.body.writeImmutableBuffer(keepalive) }
      return (true, state.needsFlush())
    }
    if needsFlush { self.requestFlush() }
    return streams
  }
}

/// Takes the responses of one call of an exchange.
private final class ExchangeSink: ResponseSink {
  private let exchange: Exchange
  private let call: Int

  init(_ exchange: Exchange, call: Int) {
    self.exchange = exchange
    self.call = call
  }

  func enqueue(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) -> Bool {
    try self.exchange.write(call: self.call, serialize)
  }

  func waitForRoom() async throws(CallError) {
    try await self.exchange.waitForRoom()
  }

  func finish(_ error: CallError?, unsent: UnsentResponses) {
    self.exchange.finish(call: self.call, error, unsent: unsent)
  }
}

extension CallError {
  fileprivate static let streamedRequests = CallError(
    .unimplemented,
    "The method takes a stream of requests, which HTTP does not carry here: call it over gRPC"
  )
}
