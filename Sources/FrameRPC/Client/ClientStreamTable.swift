internal import Synchronization

/// The calls that are under way on a client's connection.
final class ClientStreamTable: Sendable {
  private let state = Mutex(State())

  private struct State {
    var nextID: UInt32 = 1
    var calls: [UInt32: ClientCall] = [:]
    /// Why no call can be opened any more.
    var closed: CallError?
  }

  /// Gives `call` the next stream id, and has `send` send its Request. Requests go one after
  /// another, because ids must increase on the wire.
  func open(
    _ call: ClientCall,
    send: (UInt32) throws(CallError) -> Void
  ) throws(CallError) -> UInt32 {
    try self.state.withLock { state throws(CallError) in
      if let closed = state.closed { throw closed }
      let id = state.nextID
      try send(id)
      state.calls[id] = call
      if id < .max {
        state.nextID += 2
      } else {
        state.closed = CallError(
          .unavailable,
          "The connection has no stream ids left: connect again"
        )
      }
      return id
    }
  }

  subscript(id: UInt32) -> ClientCall? {
    self.state.withLock { $0.calls[id] }
  }

  /// Forgets a call; frames that still come for it are ignored.
  @discardableResult
  func remove(_ id: UInt32) -> ClientCall? {
    self.state.withLock { $0.calls.removeValue(forKey: id) }
  }

  /// Fails all calls, and those that come later.
  func close(_ error: CallError) {
    let calls = self.state.withLock { state in
      state.closed = state.closed ?? error
      defer { state.calls = [:] }
      return state.calls.values
    }
    for call in calls {
      call.fail(error)
    }
  }
}
