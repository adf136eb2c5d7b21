package import NIOCore
internal import NIOPosix
package import RPC

/// A connection as bytes, both ways: for programs that stand between clients and servers.
///
/// Either side may end its sending and go on to read, over TLS, too.
package typealias ByteConnection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

extension ByteConnection {
  /// Ends this side's sending when all that was written has gone out; or closes the connection, when
  /// this task is cancelled before.
  package func endOutput() async {
    await withTaskCancellationHandler {
      // That it does not end in order is no loss: the connection has failed then.
      try? await self.channel.close(mode: .output).get()
    } onCancel: {
      self.channel.close(promise: nil)
    }
  }
}

extension Endpoint {
  /// How long a handshake and the way to a server may take.
  private static let timeLimit = TimeAmount.seconds(10)

  /// Accepts connections here.
  ///
  /// - Parameters:
  ///   - tls: what they are secured with; nil leaves them in the clear.
  ///   - transports: what clients may speak, who are told when they begin without TLS.
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

  /// Connects to whatever listens here.
  ///
  /// - Throws: `CallError.unavailable` when it cannot be reached, or does not agree on TLS.
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
    try ByteConnection(
      wrappingChannelSynchronously: channel,
      configuration: .init(isOutboundHalfClosureEnabled: true)
    )
  }
}
