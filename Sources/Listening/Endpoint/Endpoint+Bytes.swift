package import NIOCore
internal import NIOPosix
package import RPC

/// A connection as bytes in both directions: for programs between clients and servers.
///
/// Either side may stop sending and still read, over TLS, too.
package typealias ByteConnection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

extension ByteConnection {
  /// Stops sending when everything written has gone out; closes the connection if this task is
  /// cancelled before that.
  package func endOutput() async {
    await withTaskCancellationHandler {
      // Failure is ignored: the connection has failed already.
      try? await self.channel.close(mode: .output).get()
    } onCancel: {
      self.channel.close(promise: nil)
    }
  }
}

extension Endpoint {
  /// How long connecting and a handshake may take.
  private static let timeLimit = TimeAmount.seconds(10)

  /// Accepts connections here.
  ///
  /// - Parameters:
  ///   - tls: nil accepts plaintext.
  ///   - transports: the protocols in which a client that begins without TLS is told so.
  /// - Throws: `ListenError` when the address cannot be listened on.
  package func listenForBytes(
    tls: ServerTLS?,
    _ transports: [any ServerTransport] = []
  ) async throws(ListenError) -> (NIOAsyncChannel<ByteConnection, Never>, address: Endpoint) {
    do {
      let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.backlog, value: 1024)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
      let listener = try await self.listen(bootstrap) { channel in
        channel.eventLoop.makeCompletedFuture {
          try tls?.addHandlers(to: channel, transports, timeLimit: Self.timeLimit)
          return try Self.wrap(channel)
        }
      }
      return (listener, self.bound(by: listener.channel))
    } catch {
      throw ListenError(self, error)
    }
  }

  /// Connects to this endpoint.
  ///
  /// - Throws: `CallError.unavailable` when it cannot be reached, or TLS fails.
  package func connectForBytes(tls: ClientTLS?) async throws(CallError) -> ByteConnection {
    do {
      let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connectTimeout(Self.timeLimit)
        .channelOption(.allowRemoteHalfClosure, value: true)
      let (connection, handshake) = try await self.connect(bootstrap) { channel in
        channel.eventLoop.makeCompletedFuture {
          let handshake = try tls?.addHandlers(to: channel, self, timeLimit: Self.timeLimit)
          return (try Self.wrap(channel), handshake)
        }
      }
      try await handshake?.complete()
      return connection
    } catch {
      throw CallError(.unavailable, "Cannot connect to \(self): \(SocketFailure(error))")
    }
  }

  private static func wrap(_ channel: any Channel) throws -> ByteConnection {
    let connection = try ByteConnection(
      wrappingChannelSynchronously: channel,
      configuration: .init(isOutboundHalfClosureEnabled: true)
    )
    // NIO stops the process when nobody holds a connection that is still open: such as one that was
    // accepted while the listener closed.
    channel.closeFuture.whenComplete { _ in withExtendedLifetime(connection) {} }
    return connection
  }
}
