package import NIOCore
package import NIOPosix

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

extension Endpoint {
  /// Listens on a TCP port, or on a Unix domain socket whose file only this user may open.
  ///
  /// - Parameter socket: listens here already, and is used as it is.
  func listen<Output: Sendable>(
    _ bootstrap: sending ServerBootstrap,
    on socket: ListeningSocket? = nil,
    _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Output>
  ) async throws -> NIOAsyncChannel<Output, Never> {
    if let socket {
      return try await bootstrap.bind(socket.descriptor, childChannelInitializer: initialize)
    }
    switch self {
    case .tcp(let host, let port):
      return try await bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: host, port: port, childChannelInitializer: initialize)
    case .unix(let path):
      try await UnixSocketFile(path).removeIfStale()
      return try await bootstrap.serverChannelInitializer { listener in
        listener.eventLoop.makeCompletedFuture { try listener.restrictSocketFile() }
      }
      .bind(unixDomainSocketPath: path, childChannelInitializer: initialize)
    }
  }

  /// The endpoint that `listener` actually listens on.
  func bound(by listener: any Channel) -> Endpoint {
    switch self {
    case .tcp(let host, let port):
      .tcp(host: host, port: listener.localAddress?.port ?? port)
    case .unix:
      self
    }
  }

  /// Connects to a server that listens here.
  package func connect<Output: Sendable>(
    _ bootstrap: sending ClientBootstrap,
    _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Output>
  ) async throws -> Output {
    switch self {
    case .tcp(let host, let port):
      try await bootstrap.connect(host: host, port: port, channelInitializer: initialize)
    case .unix(let path):
      try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
    }
  }
}

extension Channel {
  /// Lets only this user connect to the socket file that binding will create.
  fileprivate func restrictSocketFile() throws {
    // Linux gives the file the mode of its socket, so others can never connect in between.
    try self.pipeline.syncOperations.withUnsafeTransportIfAvailable { (socket: CInt) in
      guard fchmod(socket, 0o600) == 0 else { throw IOError(errnoCode: errno, reason: "fchmod") }
    }
  }
}
