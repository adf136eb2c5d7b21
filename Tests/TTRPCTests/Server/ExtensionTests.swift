import Identifiers
import NIOCore
import Synchronization
import Testing

@testable import RPC
@testable import TTRPC

/// The server's side of WIRE.md section 4, seen from a raw connection.
@Suite struct ExtensionTests {
  static let large = Text(String(repeating: "x", count: 990))

  /// Streams messages of a thousand bytes with their headers, for ever.
  static let flood = MethodHandler.serverStreaming {
    (_: Text, responses: ResponseWriter<Text>, _) in
    while true { try await responses.write(Self.large) }
  }

  static let waiting = MethodHandler.serverStreaming {
    (_: Text, _: ResponseWriter<Text>, _) in await untilCancelled()
  }

  @Test func `settings come first, once, and only to those who ask`() async throws {
    try await self.withPeer { reader, peer in
      for stream: UInt32 in [1, 3] {
        try await peer.sendRequest("Unary", stream: stream, payload: hex("0a0161"))
        try await reader.expect(hex("00000005 0000000\(stream) 02 00 | 1203 0a0161"))
      }
      try await peer.sendRequest("Unary", stream: 5, flags: .offersExtension)
      guard case .settings(let settings) = try await reader.readExtensionFrame() else {
        Issue.record("no settings")
        return
      }
      #expect(settings.version == 1)
      #expect(settings.maxConcurrentStreams == 1000)
      #expect(settings.minPingInterval == 1000)
      #expect(settings.maxFrame == 4_194_304)
      #expect(settings.idleTimeout == 1_800_000)
      #expect(try await reader.readFrame()?.stream == 5)
      try await peer.sendRequest("Unary", stream: 7, flags: .offersExtension)
      #expect(try await reader.readFrame()?.stream == 7)
    }
  }

  @Test func `before the client's settings its other extension frames are ignored`() async throws {
    try await self.withPeer { reader, peer in
      try await peer.send(.ping(1))
      try await peer.sendRequest("Unary", flags: .offersExtension)
      _ = try await reader.readExtensionFrame()
      #expect(try await reader.readFrame()?.stream == 1)
      try await peer.send(.ping(2))
      try await peer.send(.settings(ConnectionSettings()))
      try await peer.send(.ping(3))
      #expect(try await reader.readExtensionFrame() == .pong(3))
    }
  }

  @Test func `CANCEL ends the stream with one CANCELLED, and its handler`() async throws {
    let isCancelled = Signal()
    let waiting = MethodHandler.serverStreaming {
      (request: Text, responses: ResponseWriter<Text>, _) in
      try await responses.write(request)
      await untilCancelled()
      isCancelled.fire()
      // Whatever a handler does now, the stream has ended.
      try await responses.write(request)
    }
    try await self.withPeer(["Wait": waiting]) { reader, peer in
      try await peer.agreeOnExtension(&reader)
      try await peer.sendRequest("Wait", stream: 3, payload: hex("0a0161"))
      try await reader.expect(hex("00000003 00000003 03 00 | 0a0161"))
      try await peer.send(.cancel(stream: 3, code: 1))
      try await reader.expectError(.cancelled, "The call was cancelled", stream: 3)
      await isCancelled.wait()
      // Those that have ended, and those that never were, are no fault.
      for stream: UInt32 in [3, 99] { try await peer.send(.cancel(stream: stream, code: 1)) }
      try await peer.sendRequest("Unary", stream: 5)
      #expect(try await reader.readFrame()?.stream == 5)
    }
  }

  @Test func `CANCEL overtakes what waits for credit, even behind the end`() async throws {
    let isDone = Signal()
    let burst = MethodHandler.serverStreaming {
      (_: Text, responses: ResponseWriter<Text>, _) in
      try await responses.write(contentsOf: [Self.large, Self.large])
      isDone.fire()
    }
    try await self.withPeer(["Burst": burst]) { reader, peer in
      try await peer.agreeOnExtension(&reader, window: 1)
      try await peer.sendRequest("Burst", stream: 3)
      #expect(try await reader.readFrame()?.type == .data)
      try await peer.send(.cancel(stream: 3, code: 1))
      try await reader.expectError(.cancelled, "The call was cancelled", stream: 3)
    }
  }

  @Test func `a stream stops when its credit is used, and goes on with more`() async throws {
    try await self.withPeer(["Flood": Self.flood]) { reader, peer in
      try await peer.agreeOnExtension(&reader, window: 2_500)
      try await peer.sendRequest("Flood", stream: 3)
      // A frame that begins within the credit goes whole: three of 1,003 bytes.
      for _ in 0 ..< 3 { #expect(try await reader.readFrame()?.stream == 3) }
      try await self.expectSilence(&reader, peer)
      // Credit is an offset: the same again changes nothing, less does not either.
      for offset: UInt64 in [2_500, 1, 3_009] {
        try await peer.send(.window(stream: 3, maxOffset: offset))
      }
      try await self.expectSilence(&reader, peer)
      try await peer.send(.window(stream: 3, maxOffset: 3_010))
      #expect(try await reader.readFrame()?.stream == 3)
      try await self.expectSilence(&reader, peer)
      // The largest is no overflow.
      try await peer.send(.window(stream: 3, maxOffset: .max))
      for _ in 0 ..< 1_000 { #expect(try await reader.readFrame()?.stream == 3) }
    }
  }

  @Test func `a stream that was open before the settings stops, too`() async throws {
    let mayWrite = Signal()
    let methods: [Identifier: MethodHandler] = [
      "Later": .serverStreaming { (_: Text, responses: ResponseWriter<Text>, _) in
        for _ in 0 ..< 3 { try await responses.write(Self.large) }
        await mayWrite.wait()
        for _ in 0 ..< 3 { try await responses.write(Self.large) }
      },
      "Unary": .unary { (request: Text, _) in request },
    ]
    try await withServer(methods) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Later", stream: 1, flags: .offersExtension)
        _ = try await reader.readExtensionFrame()
        for _ in 0 ..< 3 { #expect(try await reader.readFrame()?.type == .data) }
        var settings = ConnectionSettings()
        settings.initialWindow = 3_100
        try await peer.send(.settings(settings))
        try await peer.send(.ping(1))
        #expect(try await reader.readExtensionFrame() == .pong(1))
        mayWrite.fire()
        #expect(try await reader.readFrame()?.type == .data)
        try await peer.sendRequest("Unary", stream: 3)
        #expect(try await reader.readFrame()?.stream == 3)
        try await peer.send(.window(stream: 1, maxOffset: 1_000_000))
        for _ in 0 ..< 2 { #expect(try await reader.readFrame()?.type == .data) }
        try await reader.expect(hex("00000000 00000001 03 05"))
      }
    }
  }

  @Test func `an error needs no credit, and comes after what the handler wrote`() async throws {
    let failing = MethodHandler.serverStreaming {
      (_: Text, responses: ResponseWriter<Text>, _) in
      try await responses.write(contentsOf: [Self.large])
      throw CallError(.notFound, "gone")
    }
    try await self.withPeer(["Fail": failing]) { reader, peer in
      try await peer.agreeOnExtension(&reader, window: 1)
      try await peer.sendRequest("Fail", stream: 3)
      #expect(try await reader.readFrame()?.type == .data)
      // The write that used up the credit waits for more.
      try await peer.send(.window(stream: 3, maxOffset: 10_000))
      try await reader.expectError(.notFound, "gone", stream: 3)
    }
  }

  @Test func `a stream without credit ends at its deadline`() async throws {
    try await self.withPeer(["Flood": Self.flood]) { reader, peer in
      try await peer.agreeOnExtension(&reader, window: 1)
      let timeout = Duration.milliseconds(200)
      try await peer.sendRequest("Flood", stream: 3, timeout: timeout)
      var frame = try #require(await reader.readFrame())
      if frame.type == .data { frame = try #require(await reader.readFrame()) }
      #expect(
        CallError(try ResponseEnvelope(serialized: frame.data).status)
          == .deadlineExceeded(timeout)
      )
    }
  }

  @Test func `a PONG overtakes data that waits`() async throws {
    try await self.withPeer(["Flood": Self.flood]) { reader, peer in
      try await peer.agreeOnExtension(&reader, window: .max)
      try await peer.sendRequest("Flood", stream: 3)
      _ = try await reader.readFrame()
      try await peer.send(.ping(42))
      while true {
        let frame = try #require(await reader.readFrame())
        if frame.stream == ExtensionFrame.stream {
          #expect(try ExtensionFrame(frame) == .pong(42))
          return
        }
      }
    }
  }

  @Test func `PINGs that come too fast end the connection`() async throws {
    try await withServer { _, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.agreeOnExtension(&reader)
        for opaque: UInt64 in 1 ... 10 { try await peer.send(.ping(opaque)) }
        for opaque: UInt64 in 1 ... 3 {
          #expect(try await reader.readExtensionFrame() == .pong(opaque))
        }
        guard case .goAway(let goAway) = try await reader.readExtensionFrame() else {
          Issue.record("no GOAWAY")
          return
        }
        #expect(goAway.code == .tooManyPings)
        #expect(goAway.lastStream == 1)
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `a frame that is malformed ends the connection`() async throws {
    try await withServer { _, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.agreeOnExtension(&reader)
        try await peer.send(hex("00000001 ffffffff e2 00 | 00"))
        guard case .goAway(let goAway) = try await reader.readExtensionFrame() else {
          Issue.record("no GOAWAY")
          return
        }
        #expect(goAway.code == .protocolError)
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `a client that streams gets credit as the handler reads`() async throws {
    let (isServed, mayRead) = (Signal(), Signal())
    let slow = MethodHandler.clientStreaming { (requests: RequestStream<Text>, _) in
      isServed.fire()
      await mayRead.wait()
      var count = 0
      for try await request in requests { count += request.text.utf8.count }
      return Text("\(count)")
    }
    try await self.withPeer(["Slow": slow]) { reader, peer in
      try await peer.agreeOnExtension(&reader)
      try await peer.sendRequest("Slow", stream: 3, flags: .remoteOpen)
      await isServed.wait()
      let chunk = Text(String(repeating: "x", count: 200_000)).serialized()
      try await peer.sendFrame(.data, stream: 3, chunk)
      try await self.expectSilence(&reader, peer)
      mayRead.fire()
      let read = UInt64(chunk.readableBytes + FrameHeader.size)
      #expect(
        try await reader.readExtensionFrame() == .window(stream: 3, maxOffset: 262_144 + read)
      )
      try await peer.sendFrame(.data, stream: 3, flags: [.remoteClosed, .noData])
      let response = try #require(await reader.readFrame())
      #expect(response.type == .response)
      let envelope = try ResponseEnvelope(serialized: response.data)
      #expect(try Text(serialized: envelope.payload).text == "200000")
    }
  }

  /// Shows that nothing was sent before the answer to a call that follows. Each call is on a
  /// stream of its own.
  private func expectSilence(_ reader: inout RawPeer.Reader, _ peer: RawPeer) async throws {
    let stream = Self.nextStream.add(2, ordering: .relaxed).newValue
    try await peer.sendRequest("Unary", stream: UInt32(stream))
    let frame = try #require(await reader.readFrame())
    #expect(frame.type == .response && frame.stream == UInt32(stream))
  }

  private static let nextStream = Atomic(100_001)

  private func withPeer(
    _ methods: [Identifier: MethodHandler] = [:],
    _ body: @escaping @Sendable (inout RawPeer.Reader, RawPeer) async throws -> Void
  ) async throws {
    try await withServer(EchoService.definition.methods.merging(methods) { $1 }) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await body(&reader, peer)
      }
    }
  }
}
