import Identifiers
import NIOCore
import Testing

@testable import RPC
@testable import TTRPC

/// Each row of WIRE.md section 2, over a socket. That the connection lives on is shown by a call
/// that follows on it.
@Suite struct OddInputTests {
  @Test func `a Request on an even id is refused`() async throws {
    try await self.withPeer { reader, peer in
      try await peer.sendRequest("Unary", stream: 2)
      try await reader.expect(
        hex("00000037 00000002 02 00 | 0a3508031231"),
        "StreamID must be odd for client initiated streams"
      )
    }
  }

  @Test func `an id that was used, or is lower than one that was, is refused`() async throws {
    try await self.withPeer { reader, peer in
      try await self.callUnary(&reader, peer, stream: 3)
      for stream: UInt32 in [1, 3] {
        try await peer.sendRequest("Unary", stream: stream)
        try await reader.expectError(
          .invalidArgument,
          "StreamID cannot be re-used and must increment",
          stream: stream
        )
      }
    }
  }

  @Test func `an active id that comes again ends the connection`() async throws {
    try await withServer { _, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Echo", flags: .remoteOpen)
        try await peer.sendRequest("Echo", flags: .remoteOpen)
        try await reader.expectError(
          .invalidArgument,
          "StreamID cannot be re-used and must increment"
        )
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `Data on an id that is unknown or has ended is refused`() async throws {
    try await self.withPeer { reader, peer in
      try await self.callUnary(&reader, peer, stream: 1)
      for stream: UInt32 in [1, 9] {
        try await peer.sendFrame(.data, stream: stream, hex("0a0161"))
        try await reader.expectError(
          .invalidArgument,
          "StreamID is no longer active",
          stream: stream
        )
      }
    }
  }

  @Test func `Data after the client's end fails the call once`() async throws {
    let isCancelled = Signal()
    let waiting = MethodHandler.bidirectionalStreaming {
      (_: RequestStream<Text>, _: ResponseWriter<Text>, _) in
      await untilCancelled()
      isCancelled.fire()
    }
    try await self.withPeer(["Wait": waiting]) { reader, peer in
      try await peer.sendRequest("Wait", flags: .remoteOpen)
      try await peer.sendFrame(.data, flags: [.remoteClosed, .noData])
      try await peer.sendFrame(.data, hex("0a0161"))
      try await reader.expectError(
        .invalidArgument,
        "Data cannot follow the end that the client has sent"
      )
      await isCancelled.wait()
    }
  }

  @Test func `Data on an active unary stream fails the call`() async throws {
    let waiting = MethodHandler.unary { (request: Text, _) in
      await untilCancelled()
      return request
    }
    try await self.withPeer(["Wait": waiting]) { reader, peer in
      try await peer.sendRequest("Wait")
      try await peer.sendFrame(.data, hex("0a0161"))
      try await reader.expectError(
        .invalidArgument,
        "The method takes one request: Data cannot follow it"
      )
    }
  }

  @Test func `Data of length 0 is an empty message`() async throws {
    try await self.withPeer { reader, peer in
      try await peer.sendRequest("Echo", flags: .remoteOpen)
      try await peer.sendFrame(.data)
      try await reader.expect(hex("00000000 00000001 03 00"))
      try await peer.sendFrame(.data, flags: [.remoteClosed, .noData])
      try await reader.expect(hex("00000000 00000001 03 05"))
    }
  }

  @Test func `a Request that is no message is refused`() async throws {
    try await self.withPeer { reader, peer in
      try await peer.sendFrame(.request, hex("ffff"))
      try await reader.expectError(startingWith: "unmarshal request error: ")
    }
  }

  @Test(arguments: ["ffff", "0a02c328", "0a05"])
  func `a message that does not parse, or is not UTF-8, is refused`(bytes: String) async throws {
    try await self.withPeer { reader, peer in
      for (index, method) in ["Unary", "Repeat"].enumerated() {
        let stream = UInt32(2 * index + 1)
        try await peer.sendRequest(method, stream: stream, payload: hex(bytes))
        try await reader.expectError(startingWith: "", stream: stream)
      }
      try await peer.sendRequest("Echo", stream: 5, flags: .remoteOpen)
      try await peer.sendFrame(.data, stream: 5, hex(bytes))
      try await reader.expectError(startingWith: "", stream: 5)
    }
  }

  @Test func `a service that is not known is refused by name`() async throws {
    try await self.withPeer { reader, peer in
      let envelope = RequestEnvelope(service: "tokenwire.v1.Nope", method: "Generate")
      try await peer.sendFrame(.request, flags: .remoteClosed, envelope.serialized())
      try await reader.expect(
        hex("0000001f 00000001 02 00 | 0a1d080c1219"),
        "service tokenwire.v1.Nope"
      )
    }
  }

  @Test func `a name that is longer than a frame is not quoted in whole`() async throws {
    try await self.withPeer { reader, peer in
      // One character as people see it, of two million of Unicode's.
      let name = "e" + String(repeating: "\u{301}", count: 2_097_000)
      let envelope = RequestEnvelope(service: name, method: "Generate").serialized()
      try await peer.sendFrame(.request, envelope)
      let frame = try #require(await reader.readFrame())
      #expect(frame.data.readableBytes < 10_000)
      let error = CallError(try ResponseEnvelope(serialized: frame.data).status)
      #expect(error?.code == .unimplemented)
      #expect(error?.message.utf8.starts(with: "service e".utf8) == true)
    }
  }

  @Test func `a method that is not known is refused by name`() async throws {
    try await self.withPeer { reader, peer in
      try await peer.sendRequest("Nope")
      try await reader.expect(hex("00000011 00000001 02 00 | 0a0f080c120b"), "method Nope")
    }
  }

  @Test func `a frame over 4 MiB is discarded and refused`() async throws {
    try await self.withPeer { reader, peer in
      try await peer.send(hex("00400001 00000001 01 00"))
      try await reader.expect(
        hex("00000043 00000001 02 00 | 0a410808123d"),
        "message length 4194305 exceed maximum message size of 4194304"
      )
      try await peer.send(ByteBuffer(repeating: 0xAA, count: 4_194_305))
    }
  }

  @Test func `Data over 4 MiB fails its call`() async throws {
    try await self.withPeer { reader, peer in
      try await peer.sendRequest("Join", flags: .remoteOpen)
      try await peer.send(hex("00ffffff 00000001 03 00"))
      try await reader.expectError(
        .resourceExhausted,
        "message length 16777215 exceed maximum message size of 4194304"
      )
      try await peer.send(ByteBuffer(repeating: 0xAA, count: 16_777_215))
    }
  }

  @Test(arguments: ["\u{16}\u{3}", "SSH-2.0-OpenSSH_9.2\r\n"])
  func `another protocol ends the connection`(opening: String) async throws {
    try await withServer { _, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.send(ByteBuffer(string: opening))
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `unknown frame types and flags are ignored`() async throws {
    try await self.withPeer { reader, peer in
      for type: UInt8 in [0x00, 0x04, 0x05, 0xE0, 0xFF] {
        try await peer.sendFrame(FrameType(rawValue: type), stream: .max, hex("01020304"))
      }
      try await peer.sendRequest("Unary", flags: FrameFlags(rawValue: 0x78), payload: hex("0a0161"))
      try await reader.expect(hex("00000005 00000001 02 00 | 1203 0a0161"))
    }
  }

  @Test(arguments: [FrameFlags([]), .remoteClosed, .remoteOpen])
  func `the method's kind decides, not the flags`(flags: FrameFlags) async throws {
    try await self.withPeer { reader, peer in
      try await peer.sendRequest("Repeat", flags: flags, payload: hex("0a0161"))
      for _ in 0 ..< 3 {
        try await reader.expect(hex("00000003 00000001 03 00 | 0a0161"))
      }
      try await reader.expect(hex("00000000 00000001 03 05"))

      try await peer.sendRequest("Unary", stream: 3, flags: flags, payload: hex("0a0161"))
      try await reader.expect(hex("00000005 00000003 02 00 | 1203 0a0161"))
    }
  }

  @Test func `a response over 4 MiB fails its own stream only`() async throws {
    let huge = Text(String(repeating: "x", count: FrameHeader.maximumDataLength))
    let methods: [Identifier: MethodHandler] = [
      "Huge": .unary { (_: Text, _) in huge },
      "HugeStream": .serverStreaming { (request: Text, responses: ResponseWriter<Text>, _) in
        try await responses.write(request)
        try await responses.write(huge)
      },
    ]
    try await self.withPeer(methods) { reader, peer in
      try await peer.sendRequest("Huge")
      // The envelope and the field add a tag and a length each: 5 bytes.
      try await reader.expectError(
        .resourceExhausted,
        "message length 4194314 exceed maximum message size of 4194304"
      )
      try await peer.sendRequest("HugeStream", stream: 3, payload: hex("0a0161"))
      try await reader.expect(hex("00000003 00000003 03 00 | 0a0161"))
      try await reader.expectError(
        .resourceExhausted,
        "message length 4194309 exceed maximum message size of 4194304",
        stream: 3
      )
    }
  }

  @Test(arguments: Parting.allCases)
  func `a client that goes away has its calls cancelled`(parting: Parting) async throws {
    let (isServed, isCancelled) = (Signal(), Signal())
    let waiting = MethodHandler.serverStreaming { (_: Text, _: ResponseWriter<Text>, _) in
      isServed.fire()
      await untilCancelled()
      isCancelled.fire()
    }
    try await withServer(["Wait": waiting]) { port in
      try await RawPeer.withConnection(to: port) { _, peer in
        try await peer.sendRequest("Wait", flags: .remoteClosed)
        await isServed.wait()
        switch parting {
        case .halfClose: peer.halfClose()
        case .reset: try await peer.reset()
        case .close: break
        }
        if parting != .close { await isCancelled.wait() }
      }
      if parting == .close { await isCancelled.wait() }
    }
  }

  enum Parting: CaseIterable {
    case halfClose, reset, close
  }

  /// Runs `body` with a raw connection to a server of `methods` beside the echo service's, and then
  /// makes a call on it.
  private func withPeer(
    _ methods: [Identifier: MethodHandler] = [:],
    _ body: @escaping @Sendable (inout RawPeer.Reader, RawPeer) async throws -> Void
  ) async throws {
    let all = EchoService.definition.methods.merging(methods) { _, new in new }
    try await withServer(all) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await body(&reader, peer)
        try await self.callUnary(&reader, peer, stream: 1001)
      }
    }
  }

  private func callUnary(
    _ reader: inout RawPeer.Reader,
    _ peer: RawPeer,
    stream: UInt32
  ) async throws {
    try await peer.sendRequest("Unary", stream: stream, payload: hex("0a0161"))
    let frame = try #require(await reader.readFrame())
    #expect(
      frame == Frame(stream: stream, type: .response, flags: [], data: hex("12030a0161"))
    )
  }
}
