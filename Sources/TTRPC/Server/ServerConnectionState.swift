internal import NIOCore
internal import RPC

/// The life of a server's connection, from its first frame to its end: what is agreed on with the
/// client, and how far the connection has come on its way to the end (WIRE.md section 4).
///
/// Knows no channel, no clock and no calls: it is told what happens, and answers what to do.
struct ServerConnectionState {
  private var phase: Phase
  private var agreement = Agreement.none
  private var pingPolicy: PingPolicy

  private enum Phase {
    case open
    /// The connection is one too many: its first call is told so, and it then closes.
    case unwanted(CallError)
    /// The client was told to make no more calls here, and asked by this PING whether it knows.
    case announced(ping: UInt64)
    /// New calls are refused with this; the connection closes when no call is left.
    case draining(CallError)
    /// What was written goes out, and what comes is ignored.
    case closing
    /// This side is closed.
    case closed
  }

  private enum Agreement {
    case none
    /// The client has offered the extension, and is sent our settings.
    case offered
    case agreed(ConnectionSettings)
  }

  /// - Parameter refusal: what every call is answered with before the connection is closed; nil serves
  ///   them.
  init(refusal: CallError?, minimumPingInterval: TimeAmount) {
    self.phase = refusal.map { .unwanted($0) } ?? .open
    self.pingPolicy = PingPolicy(minimumInterval: minimumPingInterval)
  }

  /// Whether the connection is at its end: what comes from the client is ignored.
  var isClosing: Bool {
    switch self.phase {
    case .closing, .closed: true
    case .open, .unwanted, .announced, .draining: false
    }
  }

  // MARK: The extension

  /// Whether the client has asked for the extension: only then it may get frames of it.
  var hasOffer: Bool {
    if case .none = self.agreement { false } else { true }
  }

  /// What the client wants; nil while client and server have not agreed on the extension.
  var settings: ConnectionSettings? {
    if case .agreed(let settings) = self.agreement { settings } else { nil }
  }

  /// The client offers the extension.
  ///
  /// - Returns: whether to answer with settings: only the first time.
  mutating func receiveOffer() -> Bool {
    guard case .none = self.agreement else { return false }
    self.agreement = .offered
    return true
  }

  /// The client has sent its settings.
  ///
  /// - Returns: whether they count: those that come first do, after an offer.
  mutating func receiveSettings(_ settings: ConnectionSettings) -> Bool {
    guard case .offered = self.agreement else { return false }
    self.agreement = .agreed(settings)
    return true
  }

  /// - Returns: whether the PING may be answered. If not, the connection is to be ended.
  mutating func receivePing(at now: NIODeadline) -> Bool {
    self.pingPolicy.receivePing(at: now)
  }

  // MARK: Calls

  /// A call came.
  ///
  /// - Returns: what it is refused with; nil when it is served.
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

  /// The connection is to end, without the loss of a call.
  ///
  /// - Parameter ping: for a PING that nobody can guess.
  mutating func drain(ping: UInt64) -> OnDrain {
    switch self.phase {
    case .open: break
    case .unwanted: return .refuseCalls(self.refuseCalls())
    case .announced, .draining, .closing, .closed: return .none
    }
    // A stock client knows no first step.
    guard self.settings != nil else { return .refuseCalls(self.refuseCalls()) }
    self.phase = .announced(ping: ping)
    return .announce
  }

  /// The last step of a drain.
  enum OnRefuseCalls: Equatable {
    case none
    /// The connection closes when what was written is out, and no call is left.
    case closeWhenDone
    /// The same, and the client is told first, with GOAWAY, which of its calls are served.
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

  /// The client has answered a PING, or has had the time for it.
  mutating func endAnnouncement(ping: UInt64) -> OnRefuseCalls {
    guard case .announced(ping) = self.phase else { return .none }
    return self.refuseCalls()
  }

  /// The connection ends when what was written is out.
  ///
  /// - Returns: whether that is new.
  mutating func close() -> Bool {
    guard !self.isClosing else { return false }
    self.phase = .closing
    return true
  }

  /// What follows when all that was written is out.
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
