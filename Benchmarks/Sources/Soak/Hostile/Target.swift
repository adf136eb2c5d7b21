import Listening
import NIOCore
import NIOPosix

/// The server, as hostile clients reach it.
struct Target: Sendable {
  let endpoint: Endpoint

  enum End {
    case asTheServerDoes
    /// When a call has its whole answer.
    case afterAnswer
  }

  /// Opens a connection from a loopback address other than that of the honest clients, who would
  /// else share the limit of an address with it.
  ///
  /// - Parameters:
  ///   - host: the last byte of that address.
  ///   - reads: whether it takes what the server sends.
  ///   - closes: who ends it, beside its owner.
  func connect(
    from host: UInt8 = 2,
    reads: Bool = true,
    closes: End = .asTheServerDoes
  ) async throws -> RawConnection {
    guard case .tcp(let name, let port) = self.endpoint else {
      throw Failure("\(self.endpoint) is no TCP port")
    }
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(to: SocketAddress(ipAddress: "127.0.0.\(host)", port: 0))
      .channelOption(.autoRead, value: reads)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard closes == .afterAnswer else { return }
          try channel.pipeline.syncOperations.addHandler(AnswerWatcher())
        }
      }
      .connect(host: name, port: port)
      .get()
    return RawConnection(channel)
  }

  /// Runs `body` with a connection, and closes it.
  func withConnection(
    from host: UInt8 = 2,
    reads: Bool = true,
    closes: End = .asTheServerDoes,
    _ body: (RawConnection) async throws -> Void
  ) async throws {
    let connection = try await self.connect(from: host, reads: reads, closes: closes)
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}
