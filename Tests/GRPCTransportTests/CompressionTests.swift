import NIOCore
import NIOHPACK
import TestHTTP
import Testing

@testable import RPC

/// Requests that are compressed (gRPC's PROTOCOL-HTTP2, Message-Encoding).
@Suite struct CompressionTests {
  private func reply(
    _ message: ByteBuffer,
    encoding: String? = "gzip",
    limits: CallLimits = CallLimits()
  ) async throws -> GRPCReply {
    try await withReply(limits) { peer in
      let fields = encoding.map { [("grpc-encoding", $0)] } ?? []
      let call = try await peer.begin(GRPCPeer.head("/test.Notes/Say", fields))
      call.send(GRPCPeer.frame(message, isCompressed: true))
      call.end()
      return try await call.reply()
    }
  }

  private func withReply(
    _ limits: CallLimits,
    _ body: @escaping @Sendable (GRPCPeer) async throws -> GRPCReply
  ) async throws -> GRPCReply {
    let (replies, continuation) = AsyncStream.makeStream(of: GRPCReply.self)
    try await withServer(limits: limits) { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      continuation.yield(try await body(peer))
      try await peer.close()
    }
    var iterator = replies.makeAsyncIterator()
    return try #require(await iterator.next())
  }

  @Test func `gzip is read`() async throws {
    let reply = try await self.reply(Gzip.hello)
    #expect(reply.status == 0, "\(reply.message)")
    #expect(try Note(serialized: reply.messages[0]) == Note("hello", 99))
    // What is sent is not compressed.
    #expect(!reply.head.contains(name: "grpc-encoding"))
  }

  @Test func `a bomb is stopped at the limit`() async throws {
    let reply = try await self.reply(Gzip.bomb, limits: CallLimits(messageSize: 100_000))
    #expect(reply.status == 8)
    #expect(reply.message == "The message has more than 100000 bytes: send less at once")
  }

  @Test func `a message that is no gzip, or only a part, is refused`() async throws {
    var half = Gzip.hello
    half.moveWriterIndex(to: half.writerIndex - 6)
    var longer = Gzip.hello
    longer.writeInteger(UInt8(0))
    for message in [half, longer, ByteBuffer(string: "hello"), ByteBuffer()] {
      let reply = try await self.reply(message)
      #expect(reply.status == 13)
      #expect(reply.message == "A message is not gzip, though its call says so")
    }
  }

  @Test(
    arguments: [
      (nil, 13), ("identity", 13), ("deflate", 12), ("snappy", 12), ("", 12),
    ] as [(String?, Int32)]
  )
  func `other encodings are refused, and what is understood is told`(
    encoding: String?,
    status: Int32
  ) async throws {
    let reply = try await self.reply(Gzip.hello, encoding: encoding)
    #expect(reply.status == status)
    #expect(reply.trailers.first(name: "grpc-accept-encoding") == "identity,gzip")
  }
}

/// Messages that Python's gzip has compressed.
private enum Gzip {
  /// `Note("hello", 99)`.
  static let hello = ByteBuffer(bytes: [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 96, 96, 72, 206, 72, 205, 201, 201, 7, 0, 193, 56,
    91, 152, 9, 0, 0, 0,
  ])

  /// Four million zero bytes.
  static let bomb: ByteBuffer = {
    var bytes: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 1, 13, 0, 0, 0, 194, 160, 247, 79, 109, 15, 7,
      20,
    ]
    // Deflate writes a stretch of 258 zero bytes as two zero bits.
    bytes += Array(repeating: 0, count: 3875)
    bytes += [240, 110, 127, 42, 219, 207, 0, 9, 61, 0]
    return ByteBuffer(bytes: bytes)
  }()
}
