internal import EventLoops
internal import Listening
internal import NIOCore
internal import NIOPosix
internal import RPC
internal import Synchronization

/// Keeps a client connected. It has one connection for new calls, opens it when it is needed, and
/// replaces it when it accepts no more calls.
final class ConnectionSource: Sendable {
  private let endpoint: Endpoint
  private let tls: ClientTLS?
  private let options: ClientOptions
  /// The event loop of all connections, which exist one after the other.
  private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
  /// Runs tasks on that event loop.
  let taskExecutor: EventLoopTaskExecutor
  private let state = Mutex(State())

  private struct State {
    var phase = Phase.idle
    /// The number of consecutive failed attempts to connect, and the earliest time of the next.
    var failures = 0
    var notBefore = ContinuousClock.now
    var waiters: [Int: Waiter] = [:]
    var nextID = 0
    /// The connection of running calls, which may not accept new ones.
    var connections: [ObjectIdentifier: ClientConnection] = [:]
    var observers: [Int: AsyncStream<ConnectionState>.Continuation] = [:]

    mutating func makeID() -> Int {
      defer { self.nextID += 1 }
      return self.nextID
    }

    mutating func enter(_ phase: Phase) {
      self.phase = phase
      for observer in self.observers.values { observer.yield(phase.connectionState) }
    }
  }

  private enum Phase {
    case idle
    case connecting
    case ready(ClientConnection)
    case failed(CallError)
    case closed

    var connectionState: ConnectionState {
      switch self {
      case .idle: .idle
      case .connecting: .connecting
      case .ready: .ready
      case .failed(let error): .failed(error)
      case .closed: .closed
      }
    }
  }

  /// Gets the connection, an error, or nil when the caller has to check again.
  private typealias Waiter = CheckedContinuation<Result<ClientConnection?, CallError>, Never>

  init(endpoint: Endpoint, tls: ClientTLS?, options: ClientOptions) {
    self.endpoint = endpoint
    self.tls = tls
    self.options = options
    self.taskExecutor = EventLoopTaskExecutor(self.eventLoop)
  }

  // MARK: State

  /// The current state of the connection.
  var current: ConnectionState { self.state.withLock { $0.phase.connectionState } }

  /// The current state of the connection, and each change; a slow reader gets only the latest. Ends
  /// when the client is closed.
  func states() -> AsyncStream<ConnectionState> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ConnectionState.self,
      bufferingPolicy: .bufferingNewest(1)
    )
    let id = self.state.withLock { state in
      let id = state.makeID()
      continuation.yield(state.phase.connectionState)
      if case .closed = state.phase {
        continuation.finish()
      } else {
        state.observers[id] = continuation
      }
      return id
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.observers.removeValue(forKey: id) }
    }
    return stream
  }

  /// Stops accepting calls.
  ///
  /// - Returns: the connections that may have running calls.
  func close() -> [ClientConnection] {
    let (connections, waiters, observers) = self.state.withLock { state in
      state.enter(.closed)
      defer {
        state.waiters = [:]
        state.observers = [:]
      }
      return (state.connections.values, state.waiters.values, state.observers.values)
    }
    for waiter in waiters { waiter.resume(returning: .failure(.connectionClosed)) }
    for observer in observers { observer.finish() }
    return Array(connections)
  }

  var isClosed: Bool {
    if case .closed = self.state.withLock({ $0.phase }) { true } else { false }
  }

  // MARK: Connecting

  /// A connection that accepts calls. Opens one if there is none, but after failed attempts not
  /// before the backoff time.
  ///
  /// - Throws: `unavailable` when the server cannot be reached, or the client is closed;
  ///   `deadlineExceeded`, or `cancelled`.
  func connection(
    before deadline: ContinuousClock.Instant?
  ) async throws(CallError) -> ClientConnection {
    while true {
      switch try self.next() {
      case .use(let connection):
        return connection
      case .wait:
        if let connection = try await self.waitForConnection(before: deadline) {
          return connection
        }
      case .sleep(let wakeUp):
        try await sleep(until: wakeUp, before: deadline)
      }
    }
  }

  private enum Next {
    case use(ClientConnection)
    case wait
    case sleep(until: ContinuousClock.Instant)
  }

  private func next() throws(CallError) -> Next {
    let (next, begins) = try self.state.withLock { state throws(CallError) in
      switch state.phase {
      case .ready(let connection): return (Next.use(connection), false)
      case .connecting: return (.wait, false)
      case .closed: throw .connectionClosed
      case .idle, .failed:
        if state.notBefore > .now { return (.sleep(until: state.notBefore), false) }
        state.enter(.connecting)
        return (.wait, true)
      }
    }
    if begins { self.beginConnecting() }
    return next
  }

  /// Connects on an event loop, because no caller owns an attempt that many callers wait for.
  private func beginConnecting() {
    self.eventLoop.makeFutureWithTask {
      try await ClientConnection.connect(
        to: self.endpoint,
        on: self.eventLoop,
        tls: self.tls,
        options: self.options
      ) { [weak self] in self?.didBecomeUnusable($0) }
    }.whenComplete { self.didConnect($0) }
  }

  private func didConnect(_ result: Result<ClientConnection, any Error>) {
    let result = result.mapError {
      $0 as? CallError ?? CallError(.unavailable, "Cannot connect to \(self.endpoint): \($0)")
    }
    let (waiters, isWanted) = self.state.withLock { state in
      if case .closed = state.phase { return ([] as [Waiter], false) }
      switch result {
      case .success(let connection) where connection.isUsable:
        state.failures = 0
        state.connections[ObjectIdentifier(connection)] = connection
        state.enter(.ready(connection))
      case .success:
        state.enter(.idle)
      case .failure(let error):
        state.failures += 1
        state.notBefore = .now + self.options.retry.backoff(after: state.failures)
        state.enter(.failed(error))
      }
      defer { state.waiters = [:] }
      return (Array(state.waiters.values), true)
    }
    for waiter in waiters { waiter.resume(returning: result.map { $0 }) }
    if !isWanted, case .success(let connection) = result { connection.abandon() }
  }

  private func didBecomeUnusable(_ connection: ClientConnection) {
    self.state.withLock { state in
      if !connection.isOpen { state.connections[ObjectIdentifier(connection)] = nil }
      if case .ready(let current) = state.phase, current === connection { state.enter(.idle) }
    }
  }

  private func waitForConnection(
    before deadline: ContinuousClock.Instant?
  ) async throws(CallError) -> ClientConnection? {
    let id = self.state.withLock { $0.makeID() }
    let timer = deadline.map { deadline in
      self.eventLoop.scheduleTask(in: TimeAmount(deadline - .now)) {
        self.endWait(id, .connectTimedOut)
      }
    }
    defer { timer?.cancel() }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: Waiter) in
        let result = self.state.withLock { state -> Result<ClientConnection?, CallError>? in
          if Task.isCancelled { return .failure(.cancelled) }
          switch state.phase {
          case .failed(let error): return .failure(error)
          case .idle, .ready, .closed: return .success(nil)
          case .connecting:
            state.waiters[id] = waiter
            return nil
          }
        }
        if let result { waiter.resume(returning: result) }
      }
    } onCancel: {
      self.endWait(id, .cancelled)
    }
    return try result.get()
  }

  private func endWait(_ id: Int, _ error: CallError) {
    let waiter = self.state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.resume(returning: .failure(error))
  }
}

/// - Throws: `deadlineExceeded` at once when the deadline is before `wakeUp`; `cancelled`.
func sleep(
  until wakeUp: ContinuousClock.Instant,
  before deadline: ContinuousClock.Instant?
) async throws(CallError) {
  if let deadline, deadline <= wakeUp { throw .connectTimedOut }
  do {
    try await Task.sleep(until: wakeUp)
  } catch {
    throw .cancelled
  }
}

extension CallError {
  fileprivate static let connectTimedOut = CallError(
    .deadlineExceeded,
    "The server could not be reached within the call's timeout"
  )
}
