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
  private var settingsRate = EventRate(limit: 200, interval: .seconds(30))
  private var end = End.open
  private var lastStream = HTTP2StreamID.rootStream

  /// How far the end of the connection is (RFC 9113 section 6.8).
  private enum End {
    case open
    /// The client got a GOAWAY that takes all streams, and this PING, whose answer shows that it
    /// has seen that.
    case announced(HTTP2PingData)
    /// The client got the GOAWAY with the last stream: the connection closes after it.
    case last
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
      self.handler.value.lastStream = max(self.handler.value.lastStream, id)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {}
  }

  // MARK: Liveness

  /// Bytes of the connection have arrived.
  func didReceiveBytes() {
    self.livenessTimer?.liveness.receivedBytes(at: .now())
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
    case .ping(_, ack: false): self.receivePing(context)
    case .settings(.settings) where self.settingsRate.exceeds(at: .now()):
      self.calmDown(context, "too many SETTINGS")
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
  private func receivePing(_ context: ChannelHandlerContext) {
    guard !self.pingPolicy.receivePing(at: .now()) else { return }
    // The words that gRPC's clients know.
    self.calmDown(context, "too_many_pings")
  }

  /// Ends the connection of a client that only makes work.
  private func calmDown(_ context: ChannelHandlerContext, _ words: String) {
    self.logger.debug("Closing a connection of HTTP/2: \(words)")
    self.write(
      .goAway(
        lastStreamID: self.lastStream,
        errorCode: .enhanceYourCalm,
        opaqueData: ByteBuffer(string: words)
      )
    )
    context.flush()
    context.closeAfterWrites()
  }

  private func closeIfDone() {
    if case .last = self.end, self.connection.requests.isEmpty { self.context?.closeAfterWrites() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.logger.debug("An HTTP/2 connection failed", metadata: ["error": "\(error)"])
    // Errors of single streams are not errors of the connection.
    if !(error is NIOHTTP2Errors.StreamError) { context.close(promise: nil) }
  }
}
