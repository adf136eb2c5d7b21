public import Identifiers
internal import Synchronization

/// What a handler knows of the call that it serves, beside the request.
public struct CallContext: Sendable {
  /// In one place: a call waits for most of its life, and each function that waits has its context.
  private let contents: Contents

  /// The call itself; nil in a test of a handler alone.
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

  /// Creates a context; a transport does this for each call.
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

  public var method: MethodDescriptor { self.contents.method }

  /// The name of the call in the server's log.
  public var id: RequestID { self.contents.id }

  public var metadata: Metadata { self.contents.metadata }

  /// When the server learned of the call.
  public var arrival: ContinuousClock.Instant { self.contents.arrival }

  /// When the caller stops waiting; nil when it did not say. The server ends the call then and
  /// cancels the handler's task.
  public var deadline: ContinuousClock.Instant? { self.contents.deadline }

  /// How long the caller still waits; nil when it did not say, and below zero when it has given up.
  public var timeLeft: Duration? { self.deadline.map { $0 - .now } }

  /// The address that the call came from, such as "127.0.0.1:50312"; "unix" for one over a Unix
  /// domain socket.
  public var peer: String { self.contents.peer }

  /// The same without the port: one for all connections of a machine.
  public var peerAddress: Identifier { self.contents.peerAddress }

  /// What an interceptor has found out about the caller, for those behind it and the handler.
  package var caller: (any AnyObject & Sendable)? {
    get { self.contents.caller.withLock { $0 } }
    nonmutating set { self.contents.caller.withLock { $0 = newValue } }
  }
}

extension CallContext {
  /// Gives the call the deadline that its request asks for: some clients cannot send one beside the
  /// request. One that came with the call wins.
  ///
  /// - Parameter timeout: from now on.
  /// - Returns: when the call ends.
  /// - Throws: `deadlineExceeded` for a time that is not above zero.
  public func end(after timeout: Duration) throws(CallError) -> ContinuousClock.Instant {
    if let deadline { return deadline }
    guard timeout > .zero else { throw .deadlineExceeded(timeout) }
    self.call?.fail(after: timeout)
    return .now + timeout
  }
}
