internal import Listening
internal import Logging
internal import NIOCore
internal import NIOHTTP2
internal import RPC

/// How a connection of HTTP/2 waits and ends. Its streams have a `RequestHandler` each.
final class HTTP2ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let connection: HTTPConnection
  private var context: ChannelHandlerContext?
  private var timer: Scheduled<Void>?
  /// What the client answers when it has seen that the connection ends.
  private let ping = HTTP2PingData(withInteger: .random(in: .min ... .max))
  private var isEndSeen = false

  init(_ connection: HTTPConnection) {
    self.connection = connection
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    // After the handler of the last stream is gone.
    self.connection.onEmpty = { [eventLoop = context.eventLoop] in
      eventLoop.execute { handler.value.becameEmpty() }
    }
    self.startTimer(at: self.connection.server.begin + self.firstRequest)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.timer?.cancel()
    self.connection.onEmpty = nil
    self.context = nil
  }

  private var firstRequest: TimeAmount {
    TimeAmount(self.connection.server.timeouts.firstRequest)
  }

  private func startTimer(at deadline: NIODeadline) {
    self.timer?.cancel()
    guard let eventLoop = self.context?.eventLoop else { return }
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    self.timer = eventLoop.scheduleTask(deadline: deadline) { handler.value.timeIsOver() }
  }

  private func timeIsOver() {
    if self.connection.isEmpty { self.drain(gracePeriod: .zero) }
  }

  private func becameEmpty() {
    if self.connection.isDraining {
      self.closeIfDone()
    } else {
      self.startTimer(at: .now() + TimeAmount(self.connection.server.timeouts.idle))
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let drain as DrainEvent: self.drain(gracePeriod: drain.gracePeriod)
    case ChannelEvent.inputClosed: context.close(promise: nil)
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Tells the client that the connection ends (RFC 9113 section 6.8). Requests that it sends
  /// before it has seen that are answered.
  private func drain(gracePeriod: Duration) {
    guard let context else { return }
    if !self.connection.isDraining {
      self.write(.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
      self.write(.ping(self.ping, ack: false))
      context.flush()
    }
    self.connection.drain(gracePeriod: gracePeriod)
  }

  private func write(_ payload: HTTP2Frame.FramePayload) {
    let frame = HTTP2Frame(streamID: .rootStream, payload: payload)
    self.context?.write(self.wrapOutboundOut(frame), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .ping(let data, ack: true) = self.unwrapInboundIn(data).payload, data == self.ping {
      self.isEndSeen = true
      self.closeIfDone()
    }
    context.fireChannelRead(data)
  }

  private func closeIfDone() {
    if self.isEndSeen, self.connection.isEmpty { self.context?.closeAfterWrites() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.connection.server.calls.dispatcher.logger.debug(
      "An HTTP/2 connection failed",
      metadata: ["error": "\(error)"]
    )
    // Errors of single streams are not errors of the connection.
    if !(error is NIOHTTP2Errors.StreamError) { context.close(promise: nil) }
  }
}
