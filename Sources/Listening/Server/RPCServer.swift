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
  private let transports: [any ServerTransport]
  private let tls: ServerTLS?
  private let timeouts: ConnectionTimeouts
  private let dispatcher: CallDispatcher
  private let load: ConnectionLoad
  private let logger: Logger
  private let lifecycle = Mutex(Lifecycle())

  private struct Lifecycle {
    /// How long calls may go on since the drain has begun; nil before.
    var gracePeriod: Duration?
    var listener: (any Channel)?
    var connections: [ObjectIdentifier: ServerConnection] = [:]
  }

  /// Creates a server for `services`. It listens from `run` on.
  ///
  /// - Parameters:
  ///   - endpoint: a name or an address of this machine, where port 0 takes any free port, which
  ///     `run` tells; or the path of a socket, whose file appears and goes with the server.
  ///   - interceptors: what each call goes through before its handler, in their order.
  ///   - transports: what it speaks. No two begin with the same byte, or have a name in common.
  ///   - tls: what connections are secured with; nil leaves them in the clear.
  /// - Precondition: no two services have the same name.
  package init(
    endpoint: Endpoint,
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
  /// - Throws: `ListenError` when the address cannot be listened on; the error of an interceptor that
  ///   does not let a method be offered, before it listens.
  public func run(
    onListening: @escaping @Sendable (Endpoint) async -> Void = { _ in }
  ) async throws {
    try self.dispatcher.check()
    let listener = try await self.listen()
    // When this task is cancelled, some may be accepted that nobody serves.
    defer { self.closeConnections() }
    try await listener.executeThenClose { connections in
      // Discarding, because a group that keeps the results of its children would grow with every
      // connection that the server has ever had.
      try await withThrowingDiscardingTaskGroup { group in
        self.didListen(on: listener.channel)
        await onListening(self.endpoint.bound(by: listener.channel))
        for try await connection in connections {
          group.addTask { await connection.serve() }
        }
      }
    }
  }

  /// Accepts no more connections and calls, and lets `run` return when the running calls have
  /// ended.
  ///
  /// Clients whose transport knows a way are told before their calls are refused, so that they lose
  /// none; others get `unavailable` for new calls on open connections. May be called again, with a
  /// shorter time.
  ///
  /// - Parameter gracePeriod: how long running calls may go on; they end with `unavailable` then.
  public func drain(gracePeriod: Duration = .seconds(30)) {
    let lifecycle = self.lifecycle.withLock { lifecycle in
      lifecycle.gracePeriod = gracePeriod
      return lifecycle
    }
    lifecycle.listener?.close(promise: nil)
    for connection in lifecycle.connections.values {
      connection.drain(gracePeriod: gracePeriod)
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
      return try await self.endpoint.listen(bootstrap) { channel in
        channel.eventLoop.makeCompletedFuture {
          do {
            return try self.initialize(channel)
          } catch {
            // NIO would leave it open.
            channel.close(promise: nil)
            throw error
          }
        }
      }
    } catch {
      throw ListenError(self.endpoint, error)
    }
  }

  /// Builds the pipeline of an accepted connection, up to what its transport will add.
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

  /// Lets a drain reach the connection from now on: one that is accepted while the listener closes
  /// may never be served.
  private func didAccept(_ connection: ServerConnection) {
    let id = ObjectIdentifier(connection.channel)
    let gracePeriod = self.lifecycle.withLock { lifecycle in
      lifecycle.connections[id] = connection
      return lifecycle.gracePeriod
    }
    connection.channel.closeFuture.whenComplete { _ in
      self.lifecycle.withLock { _ = $0.connections.removeValue(forKey: id) }
    }
    if let gracePeriod { connection.drain(gracePeriod: gracePeriod) }
  }

  private func didListen(on listener: any Channel) {
    let isDraining = self.lifecycle.withLock { lifecycle in
      lifecycle.listener = listener
      return lifecycle.gracePeriod != nil
    }
    if isDraining { listener.close(promise: nil) }
  }
}

extension SocketAddress {
  /// The other side, for a handler. The clients of a Unix domain socket have no address.
  fileprivate var peer: String {
    guard let host = self.ipAddress, let port = self.port else { return "unix" }
    return Endpoint(host: host, port: port).description
  }
}
