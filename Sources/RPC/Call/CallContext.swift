public import Identifiers
internal import Synchronization

/// What a handler knows about its call besides the request.
public struct CallContext: Sendable {
  /// In one object, because every suspended function of a call keeps a copy of the context.
  private let contents: Contents

  /// The call itself; nil in tests of a handler alone.
  var call: ServerCall?

  private final class Contents: Sendable {
    let method: MethodDescriptor
    let id: RequestID
    let metadata: Metadata
    let arrival: ContinuousClock.Instant
    let deadline: ContinuousClock.Instant?
    let peer: String
    let peerAddress: Identifier
    let caller = Mutex<(any AnyObject & Sendable)?>(nil)
    let responseMetadata = Mutex<(initial: Metadata, trailing: Metadata)?>(nil)

    init(
      method: MethodDescriptor,
      metadata: Metadata,
      deadline: ContinuousClock.Instant?,
      peer: String,
      peerAddress: Identifier
    ) {
      self.method = method
      self.id = RequestID(metadata)
      self.metadata = metadata
      self.arrival = .now
      self.deadline = deadline
      self.peer = peer
      self.peerAddress = peerAddress
    }
  }

  /// Creates a context; the transport does so for each call.
  public init(
    method: MethodDescriptor,
    metadata: Metadata = Metadata(),
    deadline: ContinuousClock.Instant? = nil,
    peer: String = "",
    peerAddress: Identifier = ""
  ) {
    self.contents = Contents(
      method: method,
      metadata: metadata,
      deadline: deadline,
      peer: peer,
      peerAddress: peerAddress
    )
  }

  /// The method that is called.
  public var method: MethodDescriptor { self.contents.method }

  /// The call's name in the server's log.
  public var id: RequestID { self.contents.id }

  /// The metadata that the caller sent.
  public var metadata: Metadata { self.contents.metadata }

  /// When the call arrived.
  public var arrival: ContinuousClock.Instant { self.contents.arrival }

  /// When the caller stops waiting; nil without a deadline. The server then ends the call and
  /// cancels the handler's task.
  public var deadline: ContinuousClock.Instant? { self.contents.deadline }

  /// The time until the deadline, below zero after it; nil without one.
  public var timeLeft: Duration? { self.deadline.map { $0 - .now } }

  /// The caller's address, such as "127.0.0.1:50312"; "unix" over a Unix domain socket.
  public var peer: String { self.contents.peer }

  /// The caller's address without the port: the same for all connections of a machine.
  public var peerAddress: Identifier { self.contents.peerAddress }

  /// The metadata that is sent before the first response. What is set after it is not sent. The
  /// native wire has no such metadata, and drops it.
  public var initialMetadata: Metadata {
    get { self.contents.responseMetadata.withLock { $0?.initial } ?? Metadata() }
    nonmutating set {
      self.contents.responseMetadata.withLock { $0 = (newValue, $0?.trailing ?? Metadata()) }
    }
  }

  /// The metadata that is sent with the call's end, on the same wires.
  public var trailingMetadata: Metadata {
    get { self.contents.responseMetadata.withLock { $0?.trailing } ?? Metadata() }
    nonmutating set {
      self.contents.responseMetadata.withLock { $0 = ($0?.initial ?? Metadata(), newValue) }
    }
  }

  /// What an interceptor learned about the caller, for later interceptors and the handler.
  package var caller: (any AnyObject & Sendable)? {
    get { self.contents.caller.withLock { $0 } }
    nonmutating set { self.contents.caller.withLock { $0 = newValue } }
  }
}

extension CallContext {
  /// Sets the deadline that the request itself asks for, as some clients can send it only there. A
  /// deadline that came with the call wins.
  ///
  /// - Parameter timeout: from now on.
  /// - Returns: when the call ends.
  /// - Throws: `deadlineExceeded` for a timeout of zero or less.
  public func end(after timeout: Duration) throws(CallError) -> ContinuousClock.Instant {
    if let deadline { return deadline }
    guard timeout > .zero else { throw .deadlineExceeded(timeout) }
    self.call?.fail(after: timeout)
    return .now + timeout
  }
}
