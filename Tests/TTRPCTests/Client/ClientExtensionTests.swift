import NIOCore
import Testing

@testable import RPC
@testable import TTRPC

/// The client's side of WIRE.md section 4, seen by a raw server.
@Suite struct ClientExtensionTests {
  @Test func `a client that meets a stock server stops offering, and sends no other frame`()
    async throws
  {
    try await RawServer.withClient { client in
      for _ in 0 ..< 2 {
        let response: Text = try await client.unary(EchoService.unary, Text("hi"))
        #expect(response.text == "hi")
      }
      // A caller that goes away is no news to a stock server.
      try await Self.openAndDrop(client)
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
    } server: { server in
      try await server.accept { reader, peer in
        for (stream, flags) in [(UInt32(1), FrameFlags.offersExtension), (3, [])] {
          let request = try await reader.readRequest().frame
          #expect(request.stream == stream)
          #expect(request.flags == flags)
          try await peer.respond("hi", stream: stream)
        }
        #expect(try await reader.readRequest().frame.flags == .remoteClosed)
        #expect(try await reader.readRequest().frame.stream == 7)
        try await peer.respond("hi", stream: 7)
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `a client answers settings with its own, and stops offering`() async throws {
    try await RawServer.withClient(options: ClientOptions(retry: .never, window: 5_000)) { client in
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        try await peer.respond("hi", stream: 1)
        #expect(
          try await reader.readExtensionFrame()
            == .settings(ConnectionSettings(initialWindow: 5_000, minPingInterval: 1_000))
        )
        #expect(try await reader.readRequest().frame.flags == [])
        try await peer.respond("hi", stream: 3)
      }
    }
  }

  @Test func `settings that do not come first are ignored`() async throws {
    try await RawServer.withClient { client in
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.respond("hi", stream: 1)
        try await peer.send(.settings(ConnectionSettings()))
        try await peer.send(.ping(1))
        #expect(try await reader.readRequest().frame.flags == [])
        try await peer.respond("hi", stream: 3)
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `a caller that is cancelled, or drops its stream, is told to the server`()
    async throws
  {
    let isServed = Signal()
    try await RawServer.withClient { client in
      await withThrowingTaskGroup(of: Text.self) { group in
        group.addTask { try await client.unary(EchoService.unary, Text("hi")) }
        await isServed.wait()
        group.cancelAll()
        let error = await #expect(throws: CallError.self) { try await group.next() }
        #expect(error?.code == .cancelled)
      }
      try await Self.openAndDrop(client)
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
    } server: { server in
      try await server.accept { reader, peer in
        #expect(try await reader.readRequest().frame.stream == 1)
        try await peer.send(.settings(ConnectionSettings()))
        guard case .settings = try await reader.readExtensionFrame() else {
          Issue.record("no settings")
          return
        }
        isServed.fire()
        #expect(try await reader.readExtensionFrame() == .cancel(stream: 1, code: 1))
        try await peer.respond(.cancelled, stream: 1)
        #expect(try await reader.readRequest().frame.stream == 3)
        #expect(try await reader.readExtensionFrame() == .cancel(stream: 3, code: 1))
        // What was under way is ignored, like the end.
        try await peer.sendFrame(.data, stream: 3, hex("0a0161"))
        try await peer.respond(.cancelled, stream: 3)
        #expect(try await reader.readRequest().frame.stream == 5)
        try await peer.respond("hi", stream: 5)
      }
    }
  }

  @Test func `a stream that was dropped before the settings came is cancelled then`() async throws {
    let isDropped = Signal()
    try await RawServer.withClient { client in
      try await Self.openAndDrop(client)
      isDropped.fire()
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        await isDropped.wait()
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        guard case .settings = try await reader.readExtensionFrame() else {
          Issue.record("no settings")
          return
        }
        #expect(try await reader.readExtensionFrame() == .cancel(stream: 1, code: 1))
        try await peer.respond("hi", stream: 3)
      }
    }
  }

  @Test func `a timeout is told to the server as such`() async throws {
    let timeout = Duration.milliseconds(500)
    try await RawServer.withClient { client in
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      let error = await #expect(throws: CallError.self) {
        let _: Text = try await client.unary(
          EchoService.unary,
          Text("hi"),
          options: CallOptions(timeout: timeout)
        )
      }
      #expect(error?.code == .deadlineExceeded)
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        _ = try await reader.readExtensionFrame()
        try await peer.respond("hi", stream: 1)
        let envelope = try await reader.readRequest().envelope
        #expect(envelope.timeoutNano > 0 && Duration.nanoseconds(envelope.timeoutNano) <= timeout)
        #expect(try await reader.readExtensionFrame() == .cancel(stream: 3, code: 4))
      }
    }
  }

  @Test func `a reader's progress becomes credit, in steps of half a window`() async throws {
    let message = Text(String(repeating: "x", count: 987)).serialized()
    #expect(message.readableBytes + FrameHeader.size == 1_000)
    let (hasRead, mayRead) = (Signal(), Signal())
    try await RawServer.withClient(options: ClientOptions(retry: .never, window: 4_000)) { client in
      let stream: ResponseStream<Text> = try await client.serverStreaming(
        EchoService.repeated,
        Text("hi")
      )
      var iterator = stream.makeAsyncIterator()
      for _ in 0 ..< 3 {
        _ = try await iterator.next()
        hasRead.fire()
        await mayRead.wait()
      }
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        _ = try await reader.readExtensionFrame()
        try await peer.sendFrame(.data, message)
        await hasRead.wait()
        mayRead.fire()
        try await peer.sendFrame(.data, message)
        await hasRead.wait()
        #expect(try await reader.readExtensionFrame() == .window(stream: 1, maxOffset: 6_000))
        mayRead.fire()
        try await peer.sendFrame(.data, message)
        mayRead.fire()
      }
    }
  }

  @Test func `a client that streams keeps to the server's credit`() async throws {
    let chunk = Text(String(repeating: "x", count: 987))
    try await RawServer.withClient { client in
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      let _: Text = try await client.clientStreaming(EchoService.join) {
        (requests: RequestWriter<Text>) in
        for _ in 0 ..< 4 { try await requests.write(chunk) }
      }
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings(initialWindow: 1_500)))
        _ = try await reader.readExtensionFrame()
        try await peer.respond("hi", stream: 1)
        #expect(try await reader.readRequest().frame.flags == .remoteOpen)
        for _ in 0 ..< 2 { #expect(try await reader.readFrame()?.type == .data) }
        try await peer.send(.ping(7))
        #expect(try await reader.readExtensionFrame() == .pong(7))
        try await peer.send(.window(stream: 3, maxOffset: 10_000))
        for _ in 0 ..< 2 { #expect(try await reader.readFrame()?.data == chunk.serialized()) }
        try await reader.expect(hex("00000000 00000003 03 05"))
        try await peer.respond("hi", stream: 3)
      }
    }
  }

  @Test(arguments: [
    ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n"),
    hex("00000001 ffffffff e2 00 | 00"),
  ])
  func `a server that sends rubbish ends the calls with an error`(rubbish: ByteBuffer) async throws
  {
    try await RawServer.withClient { client in
      let error = await #expect(throws: CallError.self) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
      #expect(error?.code == .internal)
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        try await peer.send(rubbish)
        while try await reader.readFrame() != nil {}
      }
    }
  }

  @Test func `a server that PINGs without end is left`() async throws {
    try await RawServer.withClient { client in
      let error = await #expect(throws: CallError.self) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
      #expect(error?.code == .internal)
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        for _ in 0 ..< 10 { try? await peer.send(.ping(1)) }
        // The client leaves with PINGs unread, and the kernel may reset the connection for that.
        while (try? await reader.readFrame()) != nil {}
      }
    }
  }

  /// Opens a stream that nobody reads.
  private static func openAndDrop(_ client: RPCClient) async throws {
    let _: ResponseStream<Text> = try await client.serverStreaming(
      EchoService.repeated,
      Text("hi")
    )
  }
}
