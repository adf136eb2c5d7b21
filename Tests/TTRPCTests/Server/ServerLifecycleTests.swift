import Identifiers
import Logging
import NIOCore
import Testing

@testable import Listening
@testable import RPC
@testable import TTRPC

@Suite struct ServerLifecycleTests {
  @Test func `a drain lets calls end, refuses new ones, and then closes`() async throws {
    let (isServed, mayEnd) = (Signal(), Signal())
    let service = ServiceDefinition(
      name: EchoService.name,
      methods: [
        "Wait": .serverStreaming { (request: Text, responses: ResponseWriter<Text>, _) in
          isServed.fire()
          await mayEnd.wait()
          try await responses.write(request)
        },
        "Unary": .unary { (request: Text, _) in request },
      ]
    )
    try await withServer([service]) { server, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Wait", payload: hex("0a0161"))
        await isServed.wait()
        server.drain()
        try await self.callUntilRefused(&reader, peer)
        mayEnd.fire()
        try await reader.expect(hex("00000003 00000001 03 00 | 0a0161"))
        try await reader.expect(hex("00000000 00000001 03 05"))
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `a client that speaks the extension is told first, and loses no call`() async throws {
    let (isServed, mayEnd) = (Signal(), Signal())
    let service = ServiceDefinition(
      name: EchoService.name,
      methods: [
        "Wait": .unary { (request: Text, _) in
          isServed.fire()
          await mayEnd.wait()
          return request
        },
        "Unary": .unary { (request: Text, _) in request },
      ]
    )
    try await withServer([service]) { server, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.agreeOnExtension(&reader)
        try await peer.sendRequest("Wait", stream: 3)
        await isServed.wait()
        server.drain(gracePeriod: .seconds(3600))
        let ping = try await reader.readAnnouncement()
        // What was on its way when the announcement came is served.
        try await peer.sendRequest("Unary", stream: 5)
        #expect(try await reader.readFrame()?.stream == 5)
        try await peer.send(.pong(ping))
        guard case .goAway(let goAway) = try await reader.readExtensionFrame() else {
          Issue.record("no second GOAWAY")
          return
        }
        #expect(goAway.lastStream == 5)
        try await peer.sendRequest("Unary", stream: 7)
        try await reader.expectError(
          .unavailable,
          "The server is shutting down: call again on a new connection",
          stream: 7
        )
        mayEnd.fire()
        #expect(try await reader.readFrame()?.stream == 3)
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `calls that outlast the grace period end with UNAVAILABLE`() async throws {
    let (isServed, isCancelled) = (Signal(), Signal())
    let service = ServiceDefinition(
      name: EchoService.name,
      methods: [
        "Wait": .serverStreaming { (request: Text, responses: ResponseWriter<Text>, _) in
          try await responses.write(request)
          isServed.fire()
          await untilCancelled()
          isCancelled.fire()
        }
      ]
    )
    try await withServer([service]) { server, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Wait", payload: hex("0a0161"))
        await isServed.wait()
        server.drain(gracePeriod: .seconds(3600))
        // A second order to stop, more urgent.
        server.drain(gracePeriod: .zero)
        try await reader.expect(hex("00000003 00000001 03 00 | 0a0161"))
        try await reader.expectError(
          .unavailable,
          "The server is shutting down and has ended the call: make it again elsewhere, or later"
        )
        #expect(try await reader.readFrame() == nil)
        await isCancelled.wait()
      }
    }
  }

  @Test func `our client leaves a server that drains before its calls are refused`() async throws {
    try await withServer { server, port in
      let client = try await RPCClient.connect(to: Endpoint(host: "127.0.0.1", port: port))
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      var states = client.connectionStates().makeAsyncIterator()
      server.drain()
      while let state = await states.next(), state != .idle {}
      #expect(client.connectionState == .idle)
      await client.close()
    }
  }

  @Test func `a drained server returns from run`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      let server = RPCServer(
        endpoint: Endpoint(host: "127.0.0.1", port: 0),
        services: [EchoService.definition],
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      )
      group.addTask { try await server.run { _ in server.drain() } }
      try await group.waitForAll()
    }
  }

  @Test func `a server that is cancelled tells its callers`() async throws {
    let isServed = Signal()
    let waiting = MethodHandler.unary { (request: Text, _) in
      isServed.fire()
      await untilCancelled()
      return request
    }
    let clients = AsyncStream.makeStream(of: Task<Text, any Error>.self)
    try await withServer(["Unary": waiting]) { port in
      let client = try await RPCClient.connect(to: Endpoint(host: "127.0.0.1", port: port))
      clients.continuation.yield(Task { try await client.unary(EchoService.unary, Text("hi")) })
      await isServed.wait()
    }
    var iterator = clients.stream.makeAsyncIterator()
    let call = try #require(await iterator.next())
    let error = await #expect(throws: CallError.self) { try await call.value }
    #expect(error?.code == .unavailable)
  }

  @Test func `a port that is taken is an error that says so`() async throws {
    try await withServer { _, port in
      let second = RPCServer(
        endpoint: Endpoint(host: "127.0.0.1", port: port),
        services: [],
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      )
      let error = await #expect(throws: ListenError.self) { try await second.run() }
      #expect(
        error?.message == "Cannot listen on 127.0.0.1:\(port): another process listens there"
      )
    }
  }

  @Test func `a client that finds no server says so`() async throws {
    // A port that no server of these tests is given.
    await #expect(
      throws: CallError(.unavailable, "Cannot connect to 127.0.0.1:1: nothing listens there")
    ) {
      try await RPCClient.connect(to: Endpoint(host: "127.0.0.1", port: 1))
    }
  }

  @Test func `calls fail when the server goes away`() async throws {
    let isServed = Signal()
    let waiting = MethodHandler.unary { (request: Text, _) in
      isServed.fire()
      await untilCancelled()
      return request
    }
    try await withClient(["Unary": waiting]) { client in
      await withThrowingTaskGroup(of: Text.self) { group in
        group.addTask { try await client.unary(EchoService.unary, Text("hi")) }
        await isServed.wait()
        await client.close()
        await #expect(throws: CallError.connectionClosed) { try await group.next() }
      }
      await #expect(throws: CallError.connectionClosed) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
    }
  }

  /// Makes calls until one is refused: those that a server accepts before its drain takes effect
  /// are served.
  private func callUntilRefused(
    _ reader: inout RawPeer.Reader,
    _ peer: RawPeer
  ) async throws {
    for stream in stride(from: UInt32(3), to: 100_001, by: 2) {
      try await peer.sendRequest("Unary", stream: stream)
      let frame = try #require(await reader.readFrame())
      if let error = CallError(try ResponseEnvelope(serialized: frame.data).status) {
        #expect(
          error
            == CallError(
              .unavailable,
              "The server is shutting down: call again on a new connection"
            )
        )
        return
      }
    }
    Issue.record("the drain never took effect")
  }
}
