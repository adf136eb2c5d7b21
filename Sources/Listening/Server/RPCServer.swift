internal import Identifiers
package import Logging
internal import NIOCore
internal import NIOPosix
package import RPC
internal import Synchronization

/// Serves protobuf services on a TCP port or a Unix domain socket.
///
/// Each connection is a child task of `run()`, and each call a child task of its connection: a call
/// is cancelled when its deadline passes, its connection closes, or the server is cancelled.
/// Handlers run on the connection's event loop, so they must not block its thread.
public final class RPCServer: Sendable {
  private let endpoint: Endpoint
  private let socket: ListeningSocket?
  private let transports: [any ServerTransport]
  private let tls: ServerTLS?
  private let timeouts: ConnectionTimeouts
  private let dispatcher: CallDispatcher
  private let load: ConnectionLoad
  private let logger: Logger
  private let lifecycle = Mutex(Lifecycle())

  private struct Lifecycle {
    /// How long calls may still run after the drain began; nil before it.
    var gracePeriod: Duration?
    var listener: (any Channel)?
    /// Whether those of a socket that was handed over are accepted.
    var acceptsConnections = false
    var connections: [ObjectIdentifier: ServerConnection] = [:]
  }

  /// Creates a server for `services`, which listens when `run` is called.
  ///
  /// - Parameters:
  ///   - endpoint: a name or an address of this machine, where port 0 chooses a free port, which
  ///     `run` reports; or the path of a socket, whose file exists while the server runs.
  ///   - socket: listens there already, and is used in place of a new one. Its connections wait until
  ///     `acceptConnections` is called.
  ///   - interceptors: called for each call, in this order, before its handler.
  ///   - transports: its protocols. No two begin with the same byte or share an ALPN name.
  ///   - tls: nil serves plaintext.
  /// - Precondition: no two services have the same name.
  package init(
    endpoint: Endpoint,
    socket: ListeningSocket? = nil,
    services: [ServiceDefinition],
    interceptors: [any ServerInterceptor] = [],
    transports: [any ServerTransport],
    tls: ServerTLS?,
    limits: CallLimits,
    connectionLimits: ConnectionLimits,
    timeouts: ConnectionTimeouts,
    logger: Logger
  ) {
    self.endpoint = endpoint
    self.socket = socket
    self.transports = transports
    self.tls = tls
    self.timeouts = timeouts
    self.dispatcher = CallDispatcher(
      services: services,
      interceptors: interceptors,
      limits: limits,
      logger: logger
    )
    self.load = ConnectionLoad(connectionLimits)
    self.logger = logger
  }

  /// Listens and serves until `drain` has ended the last call, or this task is cancelled.
  ///
  /// - Parameter onListening: called once with the address, when connections are accepted.
  /// - Throws: `ListenError` when it cannot listen on the address; before that, the error of an
  ///   interceptor that rejects a method.
  public func run(
    onListening: @escaping @Sendable (Endpoint) async -> Void = { _ in }
  ) async throws {
    try self.dispatcher.check()
    let listener = try await self.listen()
    // When this task is cancelled, accepted connections may be left without a task.
    defer { self.closeConnections() }
    try await listener.executeThenClose { connections in
      // Discarding, because a group that keeps its children's results would grow with every
      // connection.
      try await withThrowingDiscardingTaskGroup { group in
        self.didListen(on: listener.channel)
        await onListening(self.endpoint.bound(by: listener.channel))
        for try await connection in connections {
          group.addTask { await connection.serve() }
        }
      }
    }
  }

  /// Accepts no more connections and calls; `run` returns when the running calls have ended.
  ///
  /// Clients whose transport has a message for it are told first, so that none of their calls is
  /// refused; others get `unavailable` for new calls. It may be called again with a shorter time.
  ///
  /// - Parameter gracePeriod: after this time running calls end with `unavailable`.
  public func drain(gracePeriod: Duration = .seconds(30)) {
    let lifecycle = self.lifecycle.withLock { lifecycle in
      lifecycle.gracePeriod = gracePeriod
      return lifecycle
    }
    if let listener = lifecycle.listener { self.stopAccepting(on: listener) }
    for connection in lifecycle.connections.values {
      connection.drain(DrainEvent(gracePeriod: gracePeriod))
    }
  }

  /// Connections that are accepted while a listener closes are closed with it. On a socket that was
  /// handed over none need be: those in between are served here, later ones by the next server.
  private func stopAccepting(on listener: any Channel) {
    guard self.socket != nil else { return listener.close(promise: nil) }
    listener.setOption(.autoRead, value: false).whenFailure { _ in
      // It is closed already.
    }
    listener.eventLoop.scheduleTask(in: .milliseconds(100)) {
      listener.close(promise: nil)
    }
  }

  /// Accepts what has connected to a socket that was handed over, from now on. Clients of it have
  /// waited while no server was there, and may as well wait until this one can serve them.
  package func acceptConnections() {
    let listener = self.lifecycle.withLock { lifecycle in
      lifecycle.acceptsConnections = true
      return lifecycle.listener
    }
    listener?.setOption(.autoRead, value: true).whenFailure { _ in
      // It is closed: the drain was faster.
    }
  }

  private func closeConnections() {
    let connections = self.lifecycle.withLock { $0.connections.values }
    for connection in connections { connection.channel.close(promise: nil) }
  }

  private func listen() async throws -> NIOAsyncChannel<ServerConnection, Never> {
    do {
      let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.backlog, value: 1024)
        .serverChannelOption(.autoRead, value: self.socket == nil)
      return try await self.endpoint.listen(bootstrap, on: self.socket) { channel in
        channel.eventLoop.makeCompletedFuture {
          do {
            return try self.initialize(channel)
          } catch {
            // NIO would leave the channel open.
            channel.close(promise: nil)
            throw error
          }
        }
      }
    } catch {
      throw ListenError(self.endpoint, error)
    }
  }

  /// Builds an accepted connection's pipeline, up to the handlers of its transport.
  private func initialize(_ channel: any Channel) throws -> ServerConnection {
    let peer = channel.remoteAddress?.peer ?? ""
    let address = channel.remoteAddress?.ipAddress.map { Identifier($0) }
    let admission = self.load.admit(address)
    channel.closeFuture.whenComplete { [load] _ in load.release(address, admission) }
    var refusal: CallError?
    switch admission {
    case .accepted: break
    case .refused(let error): refusal = error
    case .dropped: channel.close(promise: nil)
    }
    let connection = ServerConnection(
      channel: channel,
      calls: ConnectionCalls(
        self.dispatcher,
        peer: peer,
        peerAddress: address ?? Identifier(peer),
        on: channel.eventLoop
      ),
      timeouts: self.timeouts,
      refusal: refusal
    )
    try KeepAlive(
      interval: self.timeouts.keepaliveInterval,
      timeout: self.timeouts.keepalive,
      writeStall: self.timeouts.writeStall
    ).apply(to: channel)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(
      WriteStallHandler(timeout: TimeAmount(self.timeouts.writeStall), logger: self.logger)
    )
    try self.tls?.addHandlers(
      to: channel,
      self.transports,
      timeLimit: TimeAmount(self.timeouts.firstRequest)
    )
    try pipeline.addHandler(TransportSelector(connection, self.transports))
    self.didAccept(connection)
    return connection
  }

  /// Registers the connection for a drain: one accepted while the listener closes may never be
  /// served.
  private func didAccept(_ connection: ServerConnection) {
    let id = ObjectIdentifier(connection.channel)
    let gracePeriod = self.lifecycle.withLock { lifecycle in
      lifecycle.connections[id] = connection
      return lifecycle.gracePeriod
    }
    connection.channel.closeFuture.whenComplete { _ in
      self.lifecycle.withLock { _ = $0.connections.removeValue(forKey: id) }
    }
    if let gracePeriod { connection.drain(DrainEvent(gracePeriod: gracePeriod)) }
    if let age = self.timeouts.maximumAge { self.drain(connection, at: age) }
  }

  /// Ends a connection that gets old. Not all at one time: clients that connected together would
  /// connect again together.
  private func drain(_ connection: ServerConnection, at age: Duration) {
    let eventLoop = connection.channel.eventLoop
    let timer = eventLoop.scheduleTask(in: TimeAmount(age * Double.random(in: 0.9 ... 1.1))) {
      connection.drain(
        DrainEvent(gracePeriod: nil, reason: "The connection has reached its age: connect again")
      )
    }
    connection.channel.closeFuture.whenComplete { _ in timer.cancel() }
  }

  private func didListen(on listener: any Channel) {
    let lifecycle = self.lifecycle.withLock { lifecycle in
      lifecycle.listener = listener
      return lifecycle
    }
    if lifecycle.gracePeriod != nil {
      listener.close(promise: nil)
    } else if lifecycle.acceptsConnections {
      self.acceptConnections()
    }
  }
}

extension SocketAddress {
  /// The peer's address for a handler; clients of a Unix domain socket have none.
  fileprivate var peer: String {
    guard let host = self.ipAddress, let port = self.port else { return "unix" }
    return Endpoint(host: host, port: port).description
  }
}
