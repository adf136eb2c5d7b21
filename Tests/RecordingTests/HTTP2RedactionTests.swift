import NIOCore
import NIOHPACK
import NIOHTTP1
import Recording
import TestHTTP
import Testing
import TokenwireAPI

@Suite struct HTTP2RedactionTests {
  private static let token = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiYSJ9.c2ln"
  private static let authorization = "Bearer \(token)"

  /// A request's fields, with a secret of each kind.
  private static let fields: [(String, String)] = [
    (":method", "POST"), (":scheme", "http"), (":path", "/generate?t=\(token)"),
    (":authority", "test"), ("authorization", authorization), ("proxy-authorization", "Basic YTpi"),
    ("x-api-key", "plain-key"), ("api-key", "plain-key"), ("cookie", "id=plain-key"),
    ("authorization-bin", "cGxhaW4"), ("x-forwarded-token", token), ("user-agent", "plain agent"),
  ]
  private static let secrets = [
    token, "YTpi", "plain-key", "cGxhaW4", "eyJ", String(token.dropFirst(3)),
  ]

  /// Fields in Huffman code and, from the second block on, as indices of the dynamic table.
  private static func blocks(_ blocks: [[(String, String)]]) throws -> [ByteBuffer] {
    var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
    return try blocks.map { fields in
      var block = ByteBuffer()
      try encoder.encode(headers: HPACKHeaders(fields), to: &block)
      return block
    }
  }

  private static func expectNoSecrets(in headers: HPACKHeaders) {
    for (name, value, _) in headers {
      #expect(!secrets.contains { value.contains($0) }, "\(name)")
    }
  }

  @Test func `fields in Huffman code and from the table are redacted, and the rest stays`()
    async throws
  {
    let blocks = try Self.blocks([Self.fields, Self.fields])
    #expect(blocks[1].readableBytes < blocks[0].readableBytes / 4)
    var bytes = ByteBuffer.opening()
    for (index, block) in blocks.enumerated() {
      bytes.writeFrame(.headers, flags: 5, stream: UInt32(2 * index + 1), block)
    }
    let client = try RecordedHTTP2(try await recordBytes([(.client, bytes)]).recording, .client)
    try #require(client.blocks.count == 2)
    for block in client.blocks {
      Self.expectNoSecrets(in: block)
      #expect(block.map(\.name) == Self.fields.map(\.0))
      #expect(block.map(\.value.utf8.count) == Self.fields.map(\.1.utf8.count))
      #expect(block.first(name: "user-agent") == "plain agent")
      #expect(block.first(name: "authorization")?.contains { $0 != "x" } == false)
      #expect(block.first(name: ":path")?.hasPrefix("/generate?t=xxx") == true)
    }
  }

  @Test func `calls over HTTP/2 and gRPC are redacted in the file, and not on the wire`()
    async throws
  {
    try await withFolder { folder in
      let recording = try await StubService(token: Self.token).serveHTTP { server in
        try await record(server, to: folder + "/a") { proxy in
          let peer = try await HTTP2Peer.connect(to: proxy)
          for _ in 0 ..< 2 {
            let response = try await peer.request(
              .POST,
              "/secure-generate",
              ["authorization": Self.authorization, "x-api-key": Self.token],
              body: #"{"prompt":"go"}"#
            )
            #expect(response.head?.status == .ok)
          }
          try await peer.close()
          let calls = try await GRPCPeer.connect(to: proxy)
          var request = ByteBuffer()
          GenerateRequest.go.serialize(into: &request)
          for _ in 0 ..< 2 {
            let reply = try await calls.call(
              "/tokenwire.v1.Tokenwire/SecureGenerate",
              [("authorization", Self.authorization)],
              [request]
            )
            #expect(reply.status == 0)
          }
          try await calls.close()
        }
      }
      for connection in 1 ... 2 {
        let client = try RecordedHTTP2(recording, .client, of: connection)
        #expect(client.blocks.count == 2)
        client.blocks.forEach { Self.expectNoSecrets(in: $0) }
        #expect(client.content.contains("go"))
        // Each answer has a head, and those of gRPC have trailers.
        let server = try RecordedHTTP2(recording, .server, of: connection)
        #expect(server.blocks.count == 2 * connection)
      }
    }
  }

  @Test func `padding, priorities, continuations, promises and trailers are followed`()
    async throws
  {
    let blocks = try Self.blocks([Self.fields, Self.fields, [("x-token", Self.token)]])
    var padded = ByteBuffer()
    padded.writeInteger(7 as UInt8)
    padded.writeMultipleIntegers(0 as UInt32, 15 as UInt8)
    padded.writeImmutableBuffer(blocks[0])
    padded.writeString("eyJ4.eyJ")
    padded.moveWriterIndex(to: padded.writerIndex - 1)
    var client = ByteBuffer.opening()
    client.writeFrame(.headers, flags: 0x2C, stream: 1, padded)
    client.writeFrame(.headers, stream: 3)
    for byte in blocks[1].readableBytesView {
      client.writeFrame(.continuation, stream: 3, ByteBuffer(bytes: [byte]))
    }
    client.writeFrame(.continuation, flags: 4, stream: 3)
    client.writeFrame(.headers, flags: 5, stream: 3, blocks[2])
    var server = ByteBuffer()
    server.writeFrame(.settings)
    var promise = ByteBuffer(integer: 2 as UInt32)
    promise.writeImmutableBuffer(try Self.blocks([[("set-cookie", "plain-key")]])[0])
    server.writeFrame(.pushPromise, flags: 4, stream: 1, promise)
    let recording = try await recordBytes([(.server, server), (.client, client)]).recording
    let (said, answered) = (
      try RecordedHTTP2(recording, .client), try RecordedHTTP2(recording, .server)
    )
    #expect(said.blocks.map(\.count) == [Self.fields.count, Self.fields.count, 1])
    (said.blocks + answered.blocks).forEach { Self.expectNoSecrets(in: $0) }
    #expect(said.frames.map(\.kind) == [4, 1, 1, 1])
    #expect(said.frames[1].flags == 0x24)
    #expect(answered.blocks.map { $0.first(name: "set-cookie") } == ["xxxxxxxxx"])
  }

  @Test func `long blocks are cut into frames that every peer takes`() async throws {
    let long = String(repeating: "a b", count: 20_000)
    let blocks = try Self.blocks([Self.fields + [("x-long", long)]])
    var bytes = ByteBuffer.opening()
    // A client may send frames as long as its server takes.
    bytes.writeFrame(.headers, flags: 4, stream: 1, blocks[0])
    let client = try RecordedHTTP2(try await recordBytes([(.client, bytes)]).recording, .client)
    #expect(client.blocks.map { $0.first(name: "x-long") } == [long])
    #expect(client.frames.count == 5)
    #expect(client.frames.allSatisfy { $0.payload.readableBytes <= 1 << 14 })
  }

  @Test func `a smaller table that a server has asked for is still announced`() async throws {
    var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
    try encoder.setDynamicTableSize(0)
    var block = ByteBuffer()
    try encoder.encode(headers: HPACKHeaders(Self.fields), to: &block)
    var bytes = ByteBuffer.opening()
    bytes.writeFrame(.headers, flags: 5, stream: 1, block)
    let client = try RecordedHTTP2(try await recordBytes([(.client, bytes)]).recording, .client)
    #expect(client.frames.last?.payload.readableBytesView.first == 0x20)
    #expect(client.blocks.map(\.count) == [Self.fields.count])
  }

  @Test func `wherever reads and frames cut it, the recording is the same`() async throws {
    let blocks = try Self.blocks([Self.fields, Self.fields])
    let content = "{\"access_token\":\"\(Self.token)\",\"prompt\":\"go\"} Bearer plain-key, end"
    func bytes(cutAt cut: Int) -> ByteBuffer {
      var bytes = ByteBuffer.opening()
      for (index, block) in blocks.enumerated() {
        let stream = UInt32(2 * index + 1)
        bytes.writeFrame(.headers, flags: 4, stream: stream, block)
        bytes.writeFrame(.data, stream: stream, ByteBuffer(string: String(content.prefix(cut))))
        let rest = ByteBuffer(string: String(content.dropFirst(cut)))
        var padded = ByteBuffer(integer: 3 as UInt8)
        padded.writeImmutableBuffer(rest)
        padded.writeRepeatingByte(0, count: 3)
        bytes.writeFrame(.data, flags: 9, stream: stream, padded)
      }
      return bytes
    }
    let cuts = (0 ... content.utf8.count).map { [(RecordedEvent.Side.client, bytes(cutAt: $0))] }
    let (recording, _) = try await recordBytes(on: cuts)
    for connection in 1 ... cuts.count {
      let client = try RecordedHTTP2(recording, .client, of: connection)
      #expect(!client.content.contains("plain-key"))
      #expect(!client.content.contains(Self.token.suffix(20)))
      #expect(client.content.contains(#"","prompt":"go"} Bearer xxxxxxxxx, end"#))
    }
    let whole = bytes(cutAt: 30)
    let expected = try await recordBytes([(.client, whole)]).recording.bytes(from: .client)
    let said = whole.saidInTwo
    let (recordingInTwo, _) = try await recordBytes(on: said)
    for connection in 1 ... said.count {
      #expect(recordingInTwo.bytes(from: .client, of: connection) == expected, "\(connection)")
    }
    let single = whole.readableBytesView.map {
      (RecordedEvent.Side.client, ByteBuffer(bytes: [$0]))
    }
    #expect(try await recordBytes(single).recording.bytes(from: .client) == expected)
  }

  @Test func `compressed contents of clients are hidden`() async throws {
    let blocks = try Self.blocks([Self.fields + [("grpc-encoding", "gzip")]])
    var bytes = ByteBuffer.opening()
    bytes.writeFrame(.headers, flags: 4, stream: 1, blocks[0])
    bytes.writeFrame(.data, flags: 1, stream: 1, ByteBuffer(string: "compressed"))
    let client = try RecordedHTTP2(try await recordBytes([(.client, bytes)]).recording, .client)
    #expect(client.content == "xxxxxxxxxx")
  }

  private static let malformed: [(String, ByteBuffer)] = {
    func frame(
      _ kind: FramePeer.FrameKind,
      flags: UInt8 = 0,
      _ payload: [UInt8] = []
    ) -> ByteBuffer {
      var bytes = ByteBuffer()
      bytes.writeFrame(kind, flags: flags, stream: 1, ByteBuffer(bytes: payload))
      return bytes
    }
    var endless = ByteBuffer()
    endless.writeFrame(.headers, stream: 1)
    let part = ByteBuffer(repeating: 0, count: 1 << 14)
    for _ in 0 ..< 64 { endless.writeFrame(.continuation, stream: 1, part) }
    return [
      ("an index of nothing", frame(.headers, flags: 4, [0xFF, 0x7F])),
      ("a code of nothing", frame(.headers, flags: 4, [0x40, 0x81, 0xFF, 0x01, 0x61])),
      ("padding of more than all", frame(.headers, flags: 0xC, [9, 1])),
      ("a ping of one byte", frame(.ping, [1])),
      ("a continuation of nothing", frame(.continuation, flags: 4)),
      ("a block of more than 1 MiB", endless),
    ]
  }()

  @Test(arguments: HTTP2RedactionTests.malformed.indices)
  func `after frames that cannot be followed, only lengths are recorded`(index: Int) async throws {
    let (_, broken) = Self.malformed[index]
    var good = ByteBuffer.opening()
    good.writeFrame(.headers, flags: 5, stream: 3, try Self.blocks([Self.fields])[0])
    var after = ByteBuffer()
    after.writeFrame(.headers, flags: 5, stream: 5, try Self.blocks([Self.fields])[0])
    after.writeString(Self.authorization)
    let said: Said = [
      (.client, good), (.client, broken), (.client, after), (.server, after),
    ]
    let (recording, lines) = try await recordBytes(said)
    let (start, _) = try await recordBytes([(.client, good)])
    let hidden = broken.readableBytes + after.readableBytes
    var expected = start.bytes(from: .client)
    expected.writeRepeatingByte(UInt8(ascii: "x"), count: hidden)
    #expect(recording.bytes(from: .client) == expected)
    #expect(
      recording.bytes(from: .server)
        == ByteBuffer(repeating: UInt8(ascii: "x"), count: after.readableBytes)
    )
    #expect(lines.contains(#""status":"hidden, because its HTTP/2 cannot be followed: "#))
  }

  @Test func `tokens that are kept stay byte for byte`() async throws {
    let blocks = try Self.blocks([Self.fields, Self.fields])
    var client = ByteBuffer.opening()
    for block in blocks { client.writeFrame(.headers, flags: 0, stream: 1, block) }
    client.writeString("no frame \(Self.authorization)")
    var server = ByteBuffer()
    server.writeFrame(.settings)
    server.writeFrame(.headers, flags: 4, stream: 1, blocks[0])
    let (recording, _) = try await recordBytes(
      [(.server, server), (.client, client)],
      redactsTokens: false
    )
    #expect(recording.bytes(from: .client) == client)
    #expect(recording.bytes(from: .server) == server)
  }

  @Test func `a connection that changes its protocol is hidden from there on`() async throws {
    let request = "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n"
    let answer = "HTTP/1.1 101 Switching Protocols\r\n\r\n"
    var frames = ByteBuffer()
    frames.writeFrame(.headers, flags: 4, stream: 1, try Self.blocks([Self.fields])[0])
    var client = ByteBuffer.opening()
    client.writeImmutableBuffer(frames)
    let (recording, lines) = try await recordBytes([
      (.client, ByteBuffer(string: request)), (.server, ByteBuffer(string: answer)),
      (.server, frames), (.client, client),
    ])
    #expect(String(buffer: recording.bytes(from: .client)).hasPrefix(request + "xxx"))
    #expect(
      String(buffer: recording.bytes(from: .server)).dropFirst(13).allSatisfy { $0 == "x" }
    )
    #expect(lines.contains("hidden, because the connection changes its protocol"))
  }

  @Test func `fields of HTTP/1 are redacted wherever reads cut them`() async throws {
    let request = """
      POST /generate HTTP/1.1\r\nAuthorization: \(Self.authorization)\r\nX-Api-Key: plain-key\r\n\
      cookie: id=plain-key\r\nuser-agent: agent\r\n\r\n{"prompt":"cookie: two"} \(Self.token) end
      """
    let whole = ByteBuffer(string: request)
    let (recording, _) = try await recordBytes(on: whole.saidInTwo)
    for connection in 1 ..< whole.readableBytes {
      let text = String(buffer: recording.bytes(from: .client, of: connection))
      #expect(text.utf8.count == request.utf8.count)
      #expect(!text.contains("plain-key") && !text.contains(Self.token.suffix(20)))
      #expect(text.contains("\r\nuser-agent: agent\r\n\r\n{\"prompt\":\"cookie: two\"} "))
      #expect(text.hasSuffix(" end"))
    }
  }
}
