internal import RPC

/// The open streams of a server's connection, and what a frame means for them (WIRE.md sections 1
/// and 2). A state machine without I/O: callers act on its verdicts.
struct ServerStreamTable<Call> {
  /// The highest id of a Request so far.
  private(set) var lastID: UInt32 = 0
  private var streams: [UInt32: Stream] = [:]

  private struct Stream {
    var call: Call
    var inbound: Inbound
  }

  /// What the client may still send on a stream.
  private enum Inbound {
    /// Messages, and then its end.
    case messages
    /// Only its end: the method takes one request, which has arrived.
    case end
    case closed
  }

  /// What to do with a Request.
  enum RequestVerdict {
    case accept
    case refuse(CallError)
    /// No answer is possible on that stream.
    case closeConnection(CallError)
  }

  /// What to do with a Data frame.
  enum DataVerdict {
    /// Deliver the message, if there is one; then the end, if this was the last.
    case deliver(Call, hasMessage: Bool, isLast: Bool)
    /// The stream's call ends with this error.
    case fail(Call, CallError)
    case refuse(CallError)
  }

  var isEmpty: Bool { self.streams.isEmpty }

  var calls: some Sequence<Call> { self.streams.values.lazy.map(\.call) }

  /// A Request arrived on stream `id`.
  mutating func receiveRequest(on id: UInt32) -> RequestVerdict {
    guard id % 2 == 1 else { return .refuse(.evenStreamID) }
    guard id != ExtensionFrame.stream else { return .refuse(.reservedStreamID) }
    guard id > self.lastID else {
      let error = CallError(.invalidArgument, "StreamID cannot be re-used and must increment")
      return self.streams[id] == nil ? .refuse(error) : .closeConnection(error)
    }
    self.lastID = id
    return .accept
  }

  /// Adds the call that an accepted Request opened.
  mutating func open(_ call: Call, on id: UInt32, takesMessages: Bool, flags: FrameFlags) {
    let isClosed = flags.contains(.remoteClosed)
    let inbound: Inbound = isClosed ? .closed : takesMessages ? .messages : .end
    self.streams[id] = Stream(call: call, inbound: inbound)
  }

  /// A Data frame arrived on stream `id`.
  mutating func receiveData(on id: UInt32, flags: FrameFlags) -> DataVerdict {
    guard id % 2 == 1 else { return .refuse(.evenStreamID) }
    guard let stream = self.streams[id] else {
      return .refuse(CallError(.invalidArgument, "StreamID is no longer active"))
    }
    let hasMessage = !flags.contains(.noData)
    let isLast = flags.contains(.remoteClosed)
    switch stream.inbound {
    case .messages:
      break
    case .end where !hasMessage:
      break
    case .end:
      return .fail(
        stream.call,
        CallError(.invalidArgument, "The method takes one request: Data cannot follow it")
      )
    case .closed:
      return .fail(
        stream.call,
        CallError(.invalidArgument, "Data cannot follow the end that the client has sent")
      )
    }
    if isLast {
      self.streams[id]?.inbound = .closed
    }
    return .deliver(stream.call, hasMessage: hasMessage, isLast: isLast)
  }

  /// The call that is open on stream `id`.
  subscript(id: UInt32) -> Call? { self.streams[id]?.call }

  /// The last frame of stream `id` was sent.
  ///
  /// - Returns: the call that was open there.
  mutating func end(_ id: UInt32) -> Call? {
    self.streams.removeValue(forKey: id)?.call
  }
}

extension CallError {
  fileprivate static let evenStreamID = CallError(
    .invalidArgument,
    "StreamID must be odd for client initiated streams"
  )

  fileprivate static let reservedStreamID = CallError(
    .invalidArgument,
    "StreamID \(ExtensionFrame.stream) is reserved: connect again"
  )
}
