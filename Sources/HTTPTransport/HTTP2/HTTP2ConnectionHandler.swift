internal import Listening
internal import Logging
internal import NIOCore
internal import NIOHTTP2
internal import RPC

/// How a connection of HTTP/2 waits and ends. Its streams have handlers of their own.
final class HTTP2ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let connection: HTTPConnection
  private var context: ChannelHandlerContext?
  private var livenessTimer: LivenessTimer?
  private var pingPolicy: PingPolicy
  private var end = End.open
  private var lastStream = HTTP2StreamID.rootStream
  /// New settings concern all streams, so that many of them cost much.
  private var settings = Allowance(100, per: .seconds(30))
  private var strayFrames = Allowance(100, per: .seconds(30))

  /// How far the end of the connection is (RFC 9113 section 6.8).
  private enum End {
    case open
    /// The client got a GOAWAY that takes all streams, and this PING, whose answer shows that it
    /// has seen that.
    case announced(HTTP2PingData)
    /// The client got the GOAWAY with the last stream: the connection closes after it.
    case last
    /// The client got a GOAWAY that tells what it did wrong: nothing more is read.
    case refused
  }

  init(_ connection: HTTPConnection) {
    self.connection = connection
    self.pingPolicy = PingPolicy(
      minimumInterval: TimeAmount(connection.server.timeouts.minimumPingInterval)
    )
  }

  private var logger: Logger { self.connection.server.calls.dispatcher.logger }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    self.connection.requests.onBegin = { handler.value.didBegin() }
    // After the handler of the last stream is gone.
    self.connection.requests.onEmpty = { [eventLoop = context.eventLoop] in
      eventLoop.execute { handler.value.becameEmpty() }
    }
    var liveness = Liveness(self.connection.server.timeouts, now: self.connection.server.begin)
    liveness.beginPings(minimumInterval: 0)
    self.livenessTimer = LivenessTimer(liveness, eventLoop: context.eventLoop) {
      handler.value.act(on: $0)
    }
    self.livenessTimer?.check()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    // Breaks reference cycles.
    self.livenessTimer?.stop()
    self.livenessTimer = nil
    self.connection.requests.onBegin = nil
    self.connection.requests.onEmpty = nil
    self.context = nil
  }

  /// What NIO tells of the streams.
  var streamDelegate: any NIOHTTP2StreamDelegate {
    StreamDelegate(NIOLoopBound(self, eventLoop: self.connection.server.channel.eventLoop))
  }

  private struct StreamDelegate: NIOHTTP2StreamDelegate {
    private let handler: NIOLoopBound<HTTP2ConnectionHandler>

    init(_ handler: NIOLoopBound<HTTP2ConnectionHandler>) {
      self.handler = handler
    }

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
      self.handler.value.didCreate(id)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {}
  }

  /// NIO holds a client to the limit of streams that has acknowledged it; others may at first have some
  /// more.
  private func didCreate(_ stream: HTTP2StreamID) {
    self.lastStream = max(self.lastStream, stream)
    let limit = self.connection.server.calls.dispatcher.load.limits.callsPerConnection
    if self.connection.requests.count > 2 * limit { self.calmDown("too_many_streams") }
  }

  // MARK: Liveness

  /// Bytes of the connection have arrived.
  ///
  /// - Returns: whether they are read.
  func didReceiveBytes() -> Bool {
    self.livenessTimer?.liveness.receivedBytes(at: .now())
    if case .refused = self.end { return false }
    return true
  }

  /// Header fields or data are sent, which a client may measure with a PING.
  func didSendData() {
    self.pingPolicy.sentData()
  }

  private func didBegin() {
    self.livenessTimer?.receivedFrame()
    self.livenessTimer?.liveness.callsBegan()
  }

  private func becameEmpty() {
    guard self.connection.requests.isEmpty else { return }
    self.livenessTimer?.liveness.callsEnded(at: .now())
    self.livenessTimer?.check()
    // Its calls were refused, which the client knows now.
    if self.connection.server.refusal != nil { self.drain(gracePeriod: nil) }
    self.closeIfDone()
  }

  private func act(on verdict: Liveness.Verdict) {
    switch verdict {
    case .checkAgain:
      break
    case .ping:
      self.write(.ping(HTTP2PingData(withInteger: 0), ack: false))
      self.context?.flush()
      self.livenessTimer?.check()
    case .close(.idle):
      self.livenessTimer?.liveness.idleTimeout = nil
      self.livenessTimer?.check()
      self.drain(gracePeriod: nil)
    case .close(.noFirstFrame), .close(.silent):
      self.logger.debug("Closing a silent connection")
      self.context?.close(promise: nil)
    }
  }

  // MARK: The end

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let drain as DrainEvent: self.drain(gracePeriod: drain.gracePeriod)
    case ChannelEvent.inputClosed: context.close(promise: nil)
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Tells the client that the connection ends. Requests that it sends before it has seen that are
  /// answered.
  private func drain(gracePeriod: Duration?) {
    guard let context else { return }
    if case .open = self.end {
      let ping = HTTP2PingData(withInteger: .random(in: 1 ... .max))
      self.end = .announced(ping)
      self.write(.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
      self.write(.ping(ping, ack: false))
      context.flush()
    }
    self.connection.drain(gracePeriod: gracePeriod)
  }

  private func write(_ payload: HTTP2Frame.FramePayload) {
    let frame = HTTP2Frame(streamID: .rootStream, payload: payload)
    self.context?.write(self.wrapOutboundOut(frame), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch self.unwrapInboundIn(data).payload {
    case .ping(let data, ack: true): self.receiveAnswer(data)
    case .ping(_, ack: false): self.receivePing()
    case .settings(.settings):
      if !self.settings.take(at: .now()) { self.calmDown("too_many_settings") }
    default: break
    }
    context.fireChannelRead(data)
  }

  private func receiveAnswer(_ data: HTTP2PingData) {
    guard case .announced(let ping) = self.end, data == ping else { return }
    self.end = .last
    self.write(.goAway(lastStreamID: self.lastStream, errorCode: .noError, opaqueData: nil))
    self.context?.flush()
    self.closeIfDone()
  }

  /// NIO has answered it.
  private func receivePing() {
    // The words that gRPC's clients know.
    if !self.pingPolicy.receivePing(at: .now()) { self.calmDown("too_many_pings") }
  }

  /// Ends the connection of a client that makes work for nothing (RFC 9113 section 10.5).
  private func calmDown(_ reason: String) {
    self.refuse(.enhanceYourCalm, reason)
  }

  private func refuse(_ error: HTTP2ErrorCode, _ reason: String?) {
    if case .refused = self.end { return }
    self.end = .refused
    self.logger.debug("Closing a connection of HTTP/2", metadata: ["reason": "\(reason ?? "")"])
    self.write(
      .goAway(
        lastStreamID: self.lastStream,
        errorCode: error,
        opaqueData: reason.map { ByteBuffer(string: $0) }
      )
    )
    self.context?.flush()
    self.context?.closeAfterWrites()
  }

  private func closeIfDone() {
    if case .last = self.end, self.connection.requests.isEmpty { self.context?.closeAfterWrites() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.logger.debug("An HTTP/2 connection failed", metadata: ["error": "\(error)"])
    // Errors of single streams are not errors of the connection. Neither is a frame that was written
    // here just when its stream ended, which NIO reports like one that the client has sent.
    if error is NIOHTTP2Errors.StreamError { return }
    if error is NIOHTTP2Errors.NoSuchStream, self.strayFrames.take(at: .now()) { return }
    // What is one, NIO has told in a GOAWAY before, which says more than this one.
    self.refuse(.protocolError, nil)
  }
}
