internal import Listening
internal import Logging
internal import NIOCore
internal import RPC

/// How a connection ends: by a drain that loses no call, or at once.
extension ServerConnectionHandler {
  // MARK: Drain

  /// Accepts no new calls, lets running ones finish for a while, and closes. A client that speaks
  /// the extension is told first, so that none of its calls is refused.
  ///
  /// - Parameter gracePeriod: after this time running calls end; nil waits for them.
  func drain(gracePeriod: Duration?, _ reason: String) {
    if let gracePeriod { self.scheduleEndOfCalls(gracePeriod) }
    let ping = UInt64.random(in: .min ... .max)
    switch self.state.drain(ping: ping) {
    case .none:
      break
    case .refuseCalls(let action):
      self.perform(action)
    case .announce:
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
        handler.perform(handler.state.endAnnouncement(ping: ping))
      }
    }
  }

  func perform(_ action: ServerConnectionState.OnRefuseCalls) {
    switch action {
    case .none:
      return
    case .closeWhenDone:
      break
    case .sendGoAwayAndCloseWhenDone:
      self.writeGoAway(.noError, "")
    }
    self.flush()
  }

  private func scheduleEndOfCalls(_ gracePeriod: Duration) {
    self.schedule(in: TimeAmount(gracePeriod)) { handler in
      for open in handler.table.calls {
        open.call.fail(.endedByShutdown, unsent: .sendUnlessBlocked)
      }
      handler.perform(handler.state.refuseCalls())
      // A client that does not read must not delay the end.
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

  /// Closes the connection because the client violated the protocol.
  func close(for error: any Error) {
    self.logger.debug("Closing a connection that is not ttrpc", metadata: ["error": "\(error)"])
    if case FrameError.malformed = error {
      self.goAway(.protocolError, "A frame of the extension is malformed")
    } else {
      self.context?.close(promise: nil)
    }
  }

  /// Ends the connection because of the client, with a GOAWAY that says why.
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

  /// Closes this side when everything written has gone out, and then waits for the client to close:
  /// closing while bytes still arrive could lose what was written last.
  func closeAfterWrites() {
    guard self.state.close() else { return }
    self.flush()
    self.schedule(in: ChannelHandlerContext.closeTimeout) { $0.context?.close(promise: nil) }
  }

  /// Continues with the end when everything was written.
  func allWritten() {
    switch self.state.allWritten(hasCalls: !self.table.isEmpty) {
    case .none: break
    case .close: self.closeAfterWrites()
    case .closeOutput: self.context?.close(mode: .output, promise: nil)
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
