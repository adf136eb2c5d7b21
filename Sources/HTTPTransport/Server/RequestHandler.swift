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

  let connection: HTTPConnection
  let isStream: Bool
  var context: ChannelHandlerContext?
  var state = State.idle
  /// What arrived while a request was answered (RFC 9112 section 9.3.2).
  var pipelined = CircularBuffer<HTTPServerRequestPart>()
  /// Why what arrived after that cannot be read.
  var pipelinedFailure: HTTPFailure?
  var isReceivingPipelined = false
  var isReadHeld = false
  var isInputClosed = false
  var timer = RequestTimer()

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

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = self.unwrapInboundIn(data)
    switch self.state {
    case .answering: self.pipelined.append(part)
    case .idle, .receiving: self.receive(part)
    case .ended: break
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    self.flush()
    context.fireChannelWritabilityChanged()
  }

  // MARK: The end of the server

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

  // MARK: Time

  func wait(for purpose: RequestTimer.Purpose) {
    guard let context else { return }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    self.timer.start(purpose, self.connection.server, on: context.eventLoop) {
      handler.value.timeIsOver()
    }
  }

  func timeIsOver() {
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
}
