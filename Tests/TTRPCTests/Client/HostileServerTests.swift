import NIOCore
import Testing

@testable import RPC
@testable import TTRPC

/// Servers that send frames which make no sense: every call ends, and the client goes on.
@Suite struct HostileServerTests {
  static let clientSettings = ConnectionSettings(minPingInterval: 1_000)

  /// Frames that concern no call, or one that has ended.
  static let nonsense: [(String, ByteBuffer)] = [
    ("Data for a call that never was", frame(.data, stream: 99, hex("0a0161"))),
    ("Data on the highest id", frame(.data, stream: .max, hex("0a0161"))),
    ("a Response for a call that never was", frame(.response, stream: 99)),
    ("a Response on an even id", frame(.response, stream: 2)),
    ("a Request", frame(.request, stream: 1)),
    ("a frame of an unknown type", frame(FrameType(rawValue: 0x42), stream: 1)),
    ("credit for a call that never was", frame(.window(stream: 99, maxOffset: .max))),
    ("credit for the call, which streams nothing", frame(.window(stream: 1, maxOffset: 0))),
    ("a CANCEL, which only clients send", frame(.cancel(stream: 1, code: 1))),
    ("a PONG that nobody waits for", frame(.pong(1))),
    ("settings, again", frame(.settings(ConnectionSettings(initialWindow: 0)))),
    ("a frame that is too long, for no call", tooLong(stream: 99)),
  ]

  @Test(arguments: nonsense)
  func `nonsense before a response changes nothing`(name: String, bytes: ByteBuffer) async throws {
    try await RawServer.withClient { client in
      for _ in 0 ..< 2 {
        let response: Text = try await client.unary(EchoService.unary, Text("hi"))
        #expect(response.text == "hi")
      }
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        try await peer.send(bytes)
        try await peer.respond("hi", stream: 1)
        #expect(try await reader.readExtensionFrame() == .settings(Self.clientSettings))
        #expect(try await reader.readRequest().frame.stream == 3)
        try await peer.respond("hi", stream: 3)
      }
    }
  }

  @Test func `a second response, and Data behind it, are ignored`() async throws {
    try await RawServer.withClient { client in
      let first: Text = try await client.unary(EchoService.unary, Text("hi"))
      #expect(first.text == "first")
      let second: Text = try await client.unary(EchoService.unary, Text("hi"))
      #expect(second.text == "second")
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.respond("first", stream: 1)
        try await peer.respond("again", stream: 1)
        try await peer.sendFrame(.data, stream: 1, hex("0a0161"))
        _ = try await reader.readRequest()
        try await peer.respond("second", stream: 3)
      }
    }
  }

  @Test func `Data for a call that a GOAWAY refused is ignored`() async throws {
    try await RawServer.withClient { client in
      let responses: ResponseStream<Text> = try await client.serverStreaming(
        EchoService.repeated,
        Text("hi")
      )
      var iterator = responses.makeAsyncIterator()
      let error = await #expect(throws: CallError.self) { _ = try await iterator.next() }
      #expect(error == CallError(.unavailable, "no more"))
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        let goAway = GoAway(lastStream: 0, code: .noError, gracePeriod: 0, message: "no more")
        try await peer.send(.goAway(goAway))
        try await peer.sendFrame(.data, stream: 1, hex("0a0161"))
        try await peer.sendFrame(.data, stream: 1, flags: [.remoteClosed, .noData])
        #expect(try await reader.readExtensionFrame() == .settings(Self.clientSettings))
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test(arguments: [
    ("Data for a call with one response", Self.frame(.data, stream: 1, hex("0a0161"))),
    ("a Response that is no message", Self.frame(.response, stream: 1, hex("ffff"))),
    ("a frame that is too long", Self.tooLong(stream: 1)),
  ])
  func `a call whose answer is wrong ends with an error, and no other does`(
    name: String,
    bytes: ByteBuffer
  ) async throws {
    try await RawServer.withClient { client in
      await #expect(throws: CallError.self) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
      let response: Text = try await client.unary(EchoService.unary, Text("hi"))
      #expect(response.text == "hi")
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(bytes)
        #expect(try await reader.readRequest().frame.stream == 3)
        try await peer.respond("hi", stream: 3)
      }
    }
  }

  static func frame(
    _ type: FrameType,
    stream: UInt32,
    _ data: ByteBuffer = ByteBuffer()
  ) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeFrameHeader(
      FrameHeader(length: UInt32(data.readableBytes), stream: stream, type: type, flags: [])
    )
    bytes.writeImmutableBuffer(data)
    return bytes
  }

  static func frame(_ frame: ExtensionFrame) -> ByteBuffer {
    var bytes = ByteBuffer()
    frame.write(into: &bytes)
    return bytes
  }

  static func tooLong(stream: UInt32) -> ByteBuffer {
    let length = FrameHeader.maximumDataLength + 1
    var bytes = ByteBuffer()
    bytes.writeFrameHeader(
      FrameHeader(length: UInt32(length), stream: stream, type: .data, flags: [])
    )
    bytes.writeRepeatingByte(0, count: length)
    return bytes
  }
}
