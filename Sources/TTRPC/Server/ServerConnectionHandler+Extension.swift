internal import Listening
internal import NIOCore
internal import RPC

/// The extension of the protocol (WIRE.md section 4).
extension ServerConnectionHandler {
  /// Answers the client's offer, once, before anything is sent on streams.
  func receiveOffer() {
    if self.state.receiveOffer() { self.writer.write(.settings(self.settings)) }
  }

  private var settings: ConnectionSettings {
    var settings = ConnectionSettings()
    settings.maxConcurrentStreams = UInt32(clamping: self.load.limits.callsPerConnection)
    settings.minPingInterval = self.timeouts.minimumPingInterval.wholeMilliseconds
    settings.maxFrame = UInt32(clamping: self.load.limits.messageSize)
    settings.idleTimeout = self.timeouts.idle.wholeMilliseconds
    return settings
  }

  func receive(_ frame: ExtensionFrame) {
    if case .settings(let settings) = frame {
      if self.state.receiveSettings(settings) { self.agree(settings) }
      return
    }
    // Before its SETTINGS a client may send no other frame of the extension.
    guard self.state.settings != nil else { return }
    switch frame {
    case .cancel(let stream, _):
      self.table[stream]?.call.fail(.cancelled, unsent: .drop)
    case .window(let stream, let maxOffset):
      self.table[stream]?.responses.grant(maxOffset)
    case .ping(let opaque):
      if self.state.receivePing(at: .now()) {
        self.writer.write(.pong(opaque))
      } else {
        self.goAway(.tooManyPings, "Too many PINGs: three in a row came too early")
      }
    case .pong(let opaque):
      self.perform(self.state.endAnnouncement(ping: opaque))
    case .settings, .goAway:
      // After a client's GOAWAY there is nothing to do: it makes no more calls.
      break
    }
  }

  private func agree(_ settings: ConnectionSettings) {
    for open in self.table.calls {
      open.responses.beginCredit(UInt64(settings.initialWindow))
      self.beginCredit(open)
    }
    self.livenessTimer?.liveness.beginPings(minimumInterval: settings.minPingInterval)
    self.livenessTimer?.check()
  }

  /// Grants the client credit as the call's handler reads.
  func beginCredit(_ open: OpenCall) {
    let stream = open.responses.id
    open.call.requests.beginCredit { [writer] in
      writer.write(.window(stream: stream, maxOffset: $0))
    }
  }
}
