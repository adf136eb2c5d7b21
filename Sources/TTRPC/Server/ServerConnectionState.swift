internal import Listening
internal import NIOCore
internal import RPC

/// The state of a server's connection: whether the extension is agreed on, and how far a drain is
/// (WIRE.md section 4).
///
/// A state machine without I/O: it is told what happens, and answers what to do.
struct ServerConnectionState {
  private var phase: Phase
  private var agreement = Agreement.none
  private var pingPolicy: PingPolicy

  private enum Phase {
    case open
    /// The connection is over a limit: its first call gets this error, and it then closes.
    case unwanted(CallError)
    /// The client got a GOAWAY, and this PING, whose answer shows that it knows.
    case announced(ping: UInt64)
    /// New calls get this error; the connection closes when no call is left.
    case draining(CallError)
    /// Written bytes still go out; what arrives is ignored.
    case closing
    /// This side is closed.
    case closed
  }

  private enum Agreement {
    case none
    /// The client has offered the extension, and got our settings.
    case offered
    case agreed(ConnectionSettings)
  }

  /// - Parameter refusal: the answer to every call before the connection is closed; nil serves the
  ///   calls.
  init(refusal: CallError?, minimumPingInterval: TimeAmount) {
    self.phase = refusal.map { .unwanted($0) } ?? .open
    self.pingPolicy = PingPolicy(minimumInterval: minimumPingInterval)
  }

  /// Whether the connection is ending: what arrives is ignored.
  var isClosing: Bool {
    switch self.phase {
    case .closing, .closed: true
    case .open, .unwanted, .announced, .draining: false
    }
  }

  // MARK: The extension

  /// Whether the client has offered the extension: only then may it get its frames.
  var hasOffer: Bool {
    if case .none = self.agreement { false } else { true }
  }

  /// The client's settings; nil until the extension is agreed on.
  var settings: ConnectionSettings? {
    if case .agreed(let settings) = self.agreement { settings } else { nil }
  }

  /// The client offered the extension.
  ///
  /// - Returns: whether to answer with SETTINGS: only the first time.
  mutating func receiveOffer() -> Bool {
    guard case .none = self.agreement else { return false }
    self.agreement = .offered
    return true
  }

  /// The client sent its settings.
  ///
  /// - Returns: whether they count: only the first ones after an offer do.
  mutating func receiveSettings(_ settings: ConnectionSettings) -> Bool {
    guard case .offered = self.agreement else { return false }
    self.agreement = .agreed(settings)
    return true
  }

  /// - Returns: whether to answer the PING. If not, end the connection.
  mutating func receivePing(at now: NIODeadline) -> Bool {
    self.pingPolicy.receivePing(at: now)
  }

  // MARK: Calls

  /// A call came.
  ///
  /// - Returns: the error that refuses it; nil to serve it.
  mutating func receiveCall() -> CallError? {
    switch self.phase {
    case .open, .announced, .closing, .closed:
      return nil
    case .unwanted(let error):
      self.phase = .draining(error)
      return error
    case .draining(let error):
      return error
    }
  }

  // MARK: The end

  /// The first step of a drain.
  enum OnDrain: Equatable {
    case none
    /// To tell the client with GOAWAY, and to send the PING.
    case announce
    case refuseCalls(OnRefuseCalls)
  }

  /// Begins to end the connection without losing a call.
  ///
  /// - Parameter ping: an unpredictable value for the PING.
  mutating func drain(ping: UInt64) -> OnDrain {
    switch self.phase {
    case .open: break
    case .unwanted: return .refuseCalls(self.refuseCalls())
    case .announced, .draining, .closing, .closed: return .none
    }
    // A stock client has no first step.
    guard self.settings != nil else { return .refuseCalls(self.refuseCalls()) }
    self.phase = .announced(ping: ping)
    return .announce
  }

  /// The last step of a drain.
  enum OnRefuseCalls: Equatable {
    case none
    /// Close the connection when everything was written and no call is left.
    case closeWhenDone
    /// The same, after a GOAWAY that says which calls are served.
    case sendGoAwayAndCloseWhenDone
  }

  /// New calls are refused from now on.
  mutating func refuseCalls() -> OnRefuseCalls {
    let wasAnnounced: Bool
    switch self.phase {
    case .announced: wasAnnounced = true
    case .open, .unwanted, .draining: wasAnnounced = false
    case .closing, .closed: return .none
    }
    self.phase = .draining(.serverIsShuttingDown)
    return wasAnnounced ? .sendGoAwayAndCloseWhenDone : .closeWhenDone
  }

  /// The client answered the PING, or did not in time.
  mutating func endAnnouncement(ping: UInt64) -> OnRefuseCalls {
    guard case .announced(ping) = self.phase else { return .none }
    return self.refuseCalls()
  }

  /// The connection ends when everything was written.
  ///
  /// - Returns: whether this changed the state.
  mutating func close() -> Bool {
    guard !self.isClosing else { return false }
    self.phase = .closing
    return true
  }

  /// What to do when everything was written.
  enum OnAllWritten: Equatable {
    case none
    /// To begin the end: see `close`.
    case close
    /// To close this side.
    case closeOutput
  }

  mutating func allWritten(hasCalls: Bool) -> OnAllWritten {
    switch self.phase {
    case .draining where !hasCalls:
      return .close
    case .closing:
      self.phase = .closed
      return .closeOutput
    case .open, .unwanted, .announced, .draining, .closed:
      return .none
    }
  }
}

extension CallError {
  fileprivate static let serverIsShuttingDown = CallError(
    .unavailable,
    "The server is shutting down: call again on a new connection"
  )
}
