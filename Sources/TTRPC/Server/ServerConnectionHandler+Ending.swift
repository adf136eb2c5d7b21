internal import Listening
internal import Logging
internal import NIOCore
internal import RPC

/// How a connection ends without losing a call, and how it ends when it must.
extension ServerConnectionHandler {
  /// The steps towards the end of a connection.
  enum Ending: Equatable {
    case none
    /// The client was told to make no more calls here, and asked by this PING whether it knows.
    case announced(ping: UInt64)
    /// New calls are refused; the connection closes when there is none left. `isFirst`: not before
    /// a call was told.
    case refusing(CallError, isFirst: Bool)
    /// What was written goes out, and what comes is ignored.
    case closing
    /// This side is closed.
    case closed
  }

  /// What a new call is answered with; nil when it is served.
  var refusal: CallError? {
    guard case .refusing(let error, let isFirst) = self.ending else { return nil }
    if isFirst { self.ending = .refusing(error, isFirst: false) }
    return error
  }

  // MARK: Drain

  /// Takes no new calls, lets those that run go on for a while, and closes. A client that speaks the
  /// extension is told first, so that none of its calls is refused.
  ///
  /// - Parameter gracePeriod: when calls that still run end; nil waits for them.
  func drain(gracePeriod: Duration?, _ reason: String) {
    if let gracePeriod { self.scheduleEndOfCalls(gracePeriod) }
    guard self.ending == .none else { return }
    guard case .agreed = self.agreement else {
      self.refuseNewCalls()
      return
    }
    let ping = UInt64.random(in: .min ... .max)
    self.ending = .announced(ping: ping)
    self.writer.write(
      .goAway(
        GoAway(
          lastStream: GoAway.everyStream,
          code: .noError,
          gracePeriod: gracePeriod?.wholeMilliseconds ?? .max,
          message: reason
        )
      )
    )
    self.writer.write(.ping(ping))
    self.schedule(in: TimeAmount(self.timeouts.keepalive)) { handler in
      if handler.ending == .announced(ping: ping) { handler.refuseNewCalls() }
    }
  }

  /// The second step of a drain, and the only one for clients that know no first.
  func refuseNewCalls() {
    switch self.ending {
    case .announced: self.writeGoAway(.noError, "")
    case .none, .refusing: break
    case .closing, .closed: return
    }
    self.ending = .refusing(.serverIsShuttingDown, isFirst: false)
    self.flush()
  }

  private func scheduleEndOfCalls(_ gracePeriod: Duration) {
    self.schedule(in: TimeAmount(gracePeriod)) { handler in
      for open in handler.table.calls {
        open.call.fail(.endedByShutdown, unsent: .sendUnlessBlocked)
      }
      handler.refuseNewCalls()
      // A client that takes no bytes does not hold up the end.
      handler.schedule(in: ChannelHandlerContext.closeTimeout) { $0.context?.close(promise: nil) }
    }
  }

  // MARK: Liveness

  func act(on verdict: Liveness.Verdict) {
    switch verdict {
    case .checkAgain:
      break
    case .ping:
      self.writer.write(.ping(0))
      self.livenessTimer?.check()
    case .close(.idle):
      self.livenessTimer?.liveness.idleTimeout = nil
      self.livenessTimer?.check()
      self.drain(gracePeriod: nil, "The connection was idle")
    case .close(.noFirstFrame), .close(.silent):
      self.logger.debug("Closing a silent connection")
      self.context?.close(promise: nil)
    }
  }

  // MARK: Close

  /// The client does not follow the protocol.
  func close(for error: any Error) {
    self.logger.debug("Closing a connection that is not ttrpc", metadata: ["error": "\(error)"])
    if case FrameError.malformed = error {
      self.goAway(.protocolError, "A frame of the extension is malformed")
    } else {
      self.context?.close(promise: nil)
    }
  }

  /// Ends the connection for the client's fault.
  func goAway(_ code: GoAway.Code, _ message: String) {
    self.writeGoAway(code, message)
    self.closeAfterWrites()
  }

  private func writeGoAway(_ code: GoAway.Code, _ message: String) {
    self.writer.write(
      .goAway(
        GoAway(lastStream: self.table.lastID, code: code, gracePeriod: 0, message: message)
      )
    )
  }

  /// Closes this side when what was written has gone out, and then waits for the client's side: a
  /// connection that is closed while bytes still come takes the last words with it.
  func closeAfterWrites() {
    guard !self.isClosing else { return }
    self.ending = .closing
    self.flush()
    self.schedule(in: ChannelHandlerContext.closeTimeout) { $0.context?.close(promise: nil) }
  }

  var isClosing: Bool { self.ending == .closing || self.ending == .closed }

  /// Goes on with the end when everything was written.
  func advanceEnding() {
    switch self.ending {
    case .refusing(_, isFirst: false) where self.table.isEmpty:
      self.closeAfterWrites()
    case .closing:
      self.ending = .closed
      self.context?.close(mode: .output, promise: nil)
    case .none, .announced, .refusing, .closed:
      break
    }
  }

  private func schedule(
    in time: TimeAmount,
    _ action: @escaping @Sendable (ServerConnectionHandler) -> Void
  ) {
    guard let eventLoop = self.context?.eventLoop else { return }
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.scheduleTask(in: time) { action(handler.value) }
  }
}

extension CallError {
  fileprivate static let serverIsShuttingDown = CallError(
    .unavailable,
    "The server is shutting down: call again on a new connection"
  )
}
