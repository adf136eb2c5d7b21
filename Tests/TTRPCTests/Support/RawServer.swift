import NIOCore
import NIOPosix
import TestClients
import Testing

@testable import Listening
@testable import RPC
@testable import TTRPC

/// A server that sends whatever bytes a test wants to the clients that connect to it.
struct RawServer: Sendable {
  let port: Int
  private let connections: AsyncStream<RawPeer.Connection>

  /// Listens on a free port of this machine for as long as `body` runs.
  static func with(_ body: @escaping @Sendable (RawServer) async throws -> Void) async throws {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture { try RawPeer.wrap(channel) }
      }
    let (connections, continuation) = AsyncStream.makeStream(of: RawPeer.Connection.self)
    let server = RawServer(
      port: try #require(listener.channel.localAddress?.port),
      connections: connections
    )
    try await listener.executeThenClose { inbound in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for try await connection in inbound { continuation.yield(connection) }
        }
        defer { group.cancelAll() }
        try await body(server)
      }
    }
  }

  /// The next connection of a client, for as long as `body` runs.
  func accept<Result: Sendable>(
    _ body: @Sendable (inout RawPeer.Reader, RawPeer) async throws -> Result
  ) async throws -> Result {
    for await connection in self.connections {
      return try await RawPeer.with(connection, body)
    }
    throw CancellationError()
  }

  /// Runs a client of such a server beside it.
  static func withClient(
    options: ClientOptions = .patient,
    client: @escaping @Sendable (RPCClient) async throws -> Void,
    server: @escaping @Sendable (RawServer) async throws -> Void
  ) async throws {
    try await Self.with { raw in
      let rpc = RPCClient(endpoint: Endpoint(host: "127.0.0.1", port: raw.port), options: options)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await client(rpc)
          await rpc.close()
        }
        try await server(raw)
        try await group.waitForAll()
      }
    }
  }
}

extension RawPeer.Reader {
  /// The next frame, which must be a Request.
  mutating func readRequest(
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> (frame: Frame, envelope: RequestEnvelope) {
    let frame = try #require(await self.readFrame(), sourceLocation: sourceLocation)
    try #require(frame.type == .request, sourceLocation: sourceLocation)
    return (frame, try RequestEnvelope(serialized: frame.data))
  }
}

extension RawPeer {
  /// Answers a unary call with a text.
  func respond(_ text: String, stream: UInt32) async throws {
    let envelope = ResponseEnvelope(payload: Text(text).serialized())
    try await self.sendFrame(.response, stream: stream, envelope.serialized())
  }

  /// Ends a call with an error.
  func respond(_ error: CallError, stream: UInt32) async throws {
    var bytes = ByteBuffer()
    bytes.writeError(error, stream: stream)
    try await self.send(bytes)
  }
}
