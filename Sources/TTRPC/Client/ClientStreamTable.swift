internal import Concurrency
internal import RPC

/// The running calls on a client's connection, and the state of the extension's negotiation
/// (WIRE.md section 4). It does no I/O: callers send what it tells them.
final class ClientStreamTable: Sendable {
  private let state = Monitor(State())

  private struct State {
    var nextID: UInt32 = 1
    var calls: [UInt32: ClientCall] = [:]
    var agreement = Agreement.offering(cancelled: [])
    /// Why no more calls can be opened.
    var closed: CallError?
  }

  private enum Agreement {
    /// The server has not sent anything yet. If it speaks the extension, it must be told of the
    /// cancelled streams.
    case offering(cancelled: [UInt32])
    case stock
    case agreed(ConnectionSettings)
  }

  /// Gives a call the next stream id.
  ///
  /// - Parameter send: creates the call and sends its Request, with the given flags in addition to
  ///   its own. Requests are sent one after another, because ids must increase on the wire.
  func open(
    _ send: (_ id: UInt32, _ flags: FrameFlags) throws(CallError) -> ClientCall
  ) throws(CallError) -> (id: UInt32, call: ClientCall) {
    try self.state.withLock { state throws(CallError) in
      if let closed = state.closed { throw closed }
      let id = state.nextID
      var flags = FrameFlags()
      if case .offering = state.agreement { flags = .offersExtension }
      let call = try send(id, flags)
      state.calls[id] = call
      // The highest id is reserved for the extension's frames.
      if id < ExtensionFrame.stream - 2 {
        state.nextID += 2
      } else {
        state.closed = CallError(
          .unavailable,
          "The connection has no stream ids left: connect again"
        )
      }
      return (id, call)
    }
  }

  /// Whether calls can be opened.
  var isOpen: Bool { self.state.withLock { $0.closed == nil } }

  subscript(id: UInt32) -> ClientCall? {
    self.state.withLock { $0.calls[id] }
  }

  /// The server's settings; nil while it is not known to speak the extension.
  var serverSettings: ConnectionSettings? {
    self.state.withLock { state in
      if case .agreed(let settings) = state.agreement { settings } else { nil }
    }
  }

  /// Removes a call; later frames for it are ignored.
  @discardableResult
  func remove(_ id: UInt32) -> ClientCall? {
    self.removing { $0.calls.removeValue(forKey: id) }
  }

  /// Removes a call that its caller cancelled.
  ///
  /// - Returns: the call, if it was running, and whether to tell the server now.
  func cancel(_ id: UInt32) -> (call: ClientCall, tellServer: Bool)? {
    self.removing { state in
      guard let call = state.calls.removeValue(forKey: id) else { return nil }
      var tellServer = false
      switch state.agreement {
      case .offering(var cancelled):
        // The only reference, so that those before it are not copied.
        state.agreement = .offering(cancelled: [])
        cancelled.append(id)
        state.agreement = .offering(cancelled: cancelled)
      case .agreed: tellServer = true
      case .stock: break
      }
      return (call, tellServer)
    }
  }

  /// The server has sent its settings.
  ///
  /// - Returns: the running calls, and the streams that were cancelled before.
  func agree(_ settings: ConnectionSettings) -> (calls: [UInt32: ClientCall], cancelled: [UInt32]) {
    self.state.withLock { state in
      guard case .offering(let cancelled) = state.agreement else { return ([:], []) }
      state.agreement = .agreed(settings)
      return (state.calls, cancelled)
    }
  }

  /// The server does not speak the extension.
  func markStock() {
    self.state.withLock { $0.agreement = .stock }
  }

  /// Stops accepting calls, and removes and returns those above `lastStream`.
  func goAway(_ lastStream: UInt32, _ error: CallError) -> [ClientCall] {
    self.removing { state in
      state.closed = state.closed ?? error
      let refused = state.calls.filter { $0.key > lastStream }
      for id in refused.keys { state.calls[id] = nil }
      return Array(refused.values)
    }
  }

  /// Stops accepting calls, and removes all.
  ///
  /// - Returns: the calls that were running, and the error for them.
  func close(_ error: CallError) -> (calls: [ClientCall], error: CallError) {
    self.removing { state in
      // The server's reason says more than the end of the connection.
      let error = state.closed ?? error
      state.closed = error
      let calls = Array(state.calls.values)
      state.calls = [:]
      return (calls, error)
    }
  }

  /// Returns when no call is running.
  func waitUntilEmpty() async {
    await self.state.wait { $0.calls.isEmpty }
  }

  /// If the last call has ended, wakes the tasks that wait for that.
  private func removing<Result>(
    _ body: (inout sending State) -> sending Result
  ) -> sending Result {
    self.state.update(body, wakingIf: { $0.calls.isEmpty })
  }
}
