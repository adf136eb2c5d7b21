internal import Listening
internal import NIOCore
internal import NIOPosix
internal import Protobuf
internal import RPC
internal import Synchronization

/// One connection to a server, and its calls.
final class ClientConnection: Sendable {
  let options: ClientOptions
  let writer = FrameWriter()
  let table = ClientStreamTable()
  private let channel: any Channel
  private let gate = ReadGate(limit: ClientConnection.maximumUnread)
  private let onUnusable: @Sendable (ClientConnection) -> Void

  /// The unread bytes, on all streams, at which the connection stops reading: the only bound for
  /// servers without the extension.
  private static let maximumUnread = 16 << 20
  /// The minimum time between two PINGs of a server, in milliseconds.
  static let minimumPingInterval: UInt32 = 1_000

  private init(
    _ channel: any Channel,
    _ options: ClientOptions,
    onUnusable: @escaping @Sendable (ClientConnection) -> Void
  ) throws {
    self.channel = channel
    self.options = options
    self.onUnusable = onUnusable
    try channel.pipeline.syncOperations.addHandlers(
      ReadGateHandler(self.gate),
      ClientConnectionHandler(self)
    )
  }

  /// - Parameter onUnusable: called when the connection accepts no new calls, maybe more than once.
  /// - Throws: `CallError.unavailable` when the server cannot be reached, or TLS fails.
  static func connect(
    to endpoint: Endpoint,
    on eventLoop: any EventLoop,
    tls: ClientTLS?,
    options: ClientOptions,
    onUnusable: @escaping @Sendable (ClientConnection) -> Void
  ) async throws(CallError) -> ClientConnection {
    do {
      let bootstrap = ClientBootstrap(group: eventLoop)
        .connectTimeout(TimeAmount(options.connectTimeout))
      let (connection, handshake) = try await endpoint.connect(bootstrap) { channel in
        channel.eventLoop.makeCompletedFuture {
          let handshake = try tls?.addHandlers(
            to: channel,
            endpoint,
            timeLimit: TimeAmount(options.connectTimeout)
          )
          return (try ClientConnection(channel, options, onUnusable: onUnusable), handshake)
        }
      }
      try await handshake?.complete()
      return connection
    } catch {
      throw CallError(.unavailable, "Cannot connect to \(endpoint): \(SocketFailure(error))")
    }
  }

  /// Opens a call.
  ///
  /// - Parameters:
  ///   - request: nil when requests follow as Data.
  ///   - time: the call's timeout; nil is none.
  /// - Throws: when the request cannot be sent; the server then does not know of the call.
  func open(
    _ answer: ClientCall.Answer,
    _ envelope: RequestEnvelope,
    flags: FrameFlags,
    time: CallTime?
  ) throws(CallError) -> ClientCall {
    let (id, call) = try self.table.open { id, moreFlags throws(CallError) in
      try self.writer.writeSingle { frames throws(CallError) in
        try frames.writeFrame(stream: id, type: .request, flags: flags.union(moreFlags)) {
          envelope.serialize(into: &$0)
        }
      }
      return ClientCall(
        id: id,
        answer: answer,
        writer: self.writer,
        window: self.options.window,
        gate: self.gate,
        time: time,
        streamsRequests: flags.contains(.remoteOpen)
      )
    }
    call.responses.onAbandon { self.cancel(id, .cancelled) }
    if let settings = self.table.serverSettings { self.beginCredit(call, id: id, settings) }
    if let time {
      call.keepDeadline(
        self.channel.eventLoop.scheduleTask(in: time.left) { self.cancel(id, time.isOver) }
      )
    }
    return call
  }

  /// Ends a call on this side, and tells the server.
  private func cancel(_ id: UInt32, _ error: CallError) {
    guard let (call, tellServer) = self.table.cancel(id) else { return }
    if tellServer { self.sendCancel(id, error.code) }
    call.fail(error)
  }

  private func sendCancel(_ id: UInt32, _ code: CallError.Code) {
    self.writer.write(.cancel(stream: id, code: UInt32(code.rawValue)))
  }

  // MARK: The extension (WIRE.md section 4)

  /// The server speaks the extension: sends this side's settings, and what waited for that.
  func agree(_ settings: ConnectionSettings) {
    var ours = ConnectionSettings()
    ours.initialWindow = UInt32(clamping: self.options.window)
    ours.minPingInterval = Self.minimumPingInterval
    self.writer.write(.settings(ours))
    let (calls, cancelled) = self.table.agree(settings)
    for id in cancelled { self.sendCancel(id, .cancelled) }
    for (id, call) in calls { self.beginCredit(call, id: id, settings) }
  }

  private func beginCredit(_ call: ClientCall, id: UInt32, _ settings: ConnectionSettings) {
    call.requests?.beginCredit(UInt64(settings.initialWindow))
    call.responses.beginCredit { [writer] in
      writer.write(.window(stream: id, maxOffset: $0))
    }
  }

  func goAway(_ goAway: GoAway) {
    let reason = goAway.message.isEmpty ? "The connection is ending" : goAway.message
    let error = CallError(.unavailable, reason)
    let refused = self.table.goAway(goAway.lastStream, error)
    // First, so that a retry does not get this connection again.
    self.onUnusable(self)
    for call in refused { call.refuse(error) }
  }

  /// The channel is connected: only now the socket's kind is known, to set its options.
  func didConnect() throws {
    try KeepAlive(
      interval: self.options.keepaliveInterval,
      timeout: self.options.keepalive,
      writeStall: self.options.keepaliveInterval + self.options.keepalive
    ).apply(to: self.channel)
  }

  // MARK: The end

  /// Whether the connection is open.
  var isOpen: Bool { self.channel.isActive }

  /// Whether it accepts new calls.
  var isUsable: Bool { self.table.isOpen }

  /// The connection has ended: fails its calls.
  func end(_ error: CallError) {
    let (calls, error) = self.table.close(error)
    // First: see `goAway`.
    self.onUnusable(self)
    for call in calls { call.fail(error) }
  }

  /// Closes an unused connection without waiting.
  func abandon() {
    self.channel.close(promise: nil)
  }

  /// Closes the connection; running calls fail.
  func close() async {
    self.abandon()
    // Failure is not an outcome here: the promise behind this future only ever succeeds.
    try? await self.channel.closeFuture.get()
  }
}
