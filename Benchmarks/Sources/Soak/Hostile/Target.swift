import FrameRPC
import NIOCore
import NIOPosix

/// The server, as hostile clients reach it.
struct Target: Sendable {
  let endpoint: Endpoint

  /// Opens a connection from a loopback address other than that of the honest clients, who would
  /// else share the limit of an address with it.
  ///
  /// - Parameters:
  ///   - host: the last byte of that address.
  ///   - reads: whether it takes what the server sends.
  func connect(from host: UInt8 = 2, reads: Bool = true) async throws -> RawConnection {
    guard case .tcp(let name, let port) = self.endpoint else {
      throw Failure("\(self.endpoint) is no TCP port")
    }
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(to: SocketAddress(ipAddress: "127.0.0.\(host)", port: 0))
      .channelOption(.autoRead, value: reads)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: name, port: port)
      .get()
    return RawConnection(channel)
  }

  /// Runs `body` with a connection, and closes it.
  func withConnection(
    from host: UInt8 = 2,
    reads: Bool = true,
    _ body: (RawConnection) async throws -> Void
  ) async throws {
    let connection = try await self.connect(from: host, reads: reads)
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
  }
}
