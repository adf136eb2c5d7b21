import Identifiers
import NIOCore
import Testing

@testable import Listening
@testable import RPC
@testable import TTRPC

/// A client that loses its connection, or whose calls are refused.
@Suite struct ReconnectTests {
  /// Tries again as often as in life, but sooner.
  static let eager = ClientOptions(
    retry: RetryPolicy(maximumAttempts: 5, initialBackoff: .milliseconds(1))
  )

  @Test func `after a lost connection the next call opens another`() async throws {
    try await RawServer.withClient(options: Self.eager) { client in
      // The server may have processed it: it is not made again.
      let error = await #expect(throws: CallError.self) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
      #expect(error == .connectionClosed)
      let response: Text = try await client.unary(EchoService.unary, Text("hi"))
      #expect(response.text == "again")
    } server: { server in
      try await server.accept { reader, _ in _ = try await reader.readRequest() }
      try await server.accept { reader, peer in
        let request = try await reader.readRequest().frame
        #expect(request.stream == 1 && request.flags == .offersExtension)
        try await peer.respond("again", stream: 1)
      }
    }
  }

  @Test func `calls above the last stream of a GOAWAY are made again, those below go on`()
    async throws
  {
    let first = Signal()
    try await RawServer.withClient(options: Self.eager) { client in
      try await withThrowingTaskGroup(of: String.self) { group in
        group.addTask {
          let response: Text = try await client.unary(EchoService.unary, Text("hi"))
          return response.text
        }
        await first.wait()
        group.addTask {
          let response: Text = try await client.unary(EchoService.unary, Text("hi"))
          return response.text
        }
        var texts: Set<String> = []
        for try await text in group { texts.insert(text) }
        #expect(texts == ["old", "new"])
      }
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        _ = try await reader.readExtensionFrame()
        first.fire()
        #expect(try await reader.readRequest().frame.stream == 3)
        let goAway = GoAway(lastStream: 1, code: .noError, gracePeriod: 0, message: "bye")
        try await peer.send(.goAway(goAway))
        try await server.accept { reader, peer in
          _ = try await reader.readRequest()
          try await peer.respond("new", stream: 1)
        }
        try await peer.respond("old", stream: 1)
      }
    }
  }

  @Test func `after the first GOAWAY new calls go elsewhere, and none is lost`() async throws {
    let isTold = Signal()
    try await RawServer.withClient(options: Self.eager) { client in
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      await isTold.wait()
      let response: Text = try await client.unary(EchoService.unary, Text("hi"))
      #expect(response.text == "new")
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.send(.settings(ConnectionSettings()))
        _ = try await reader.readExtensionFrame()
        let goAway = GoAway(
          lastStream: GoAway.everyStream,
          code: .noError,
          gracePeriod: 1000,
          message: ""
        )
        try await peer.respond("hi", stream: 1)
        try await peer.send(.goAway(goAway))
        try await peer.send(.ping(5))
        // The answer shows that the announcement was read.
        #expect(try await reader.readExtensionFrame() == .pong(5))
        isTold.fire()
      }
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.respond("new", stream: 1)
      }
    }
  }

  @Test(arguments: [true, false])
  func `a call that is refused before its first response is made again`(isUnary: Bool) async throws
  {
    try await RawServer.withClient(options: Self.eager) { client in
      if isUnary {
        let response: Text = try await client.unary(EchoService.unary, Text("hi"))
        #expect(response.text == "hi")
      } else {
        let responses: ResponseStream<Text> = try await client.serverStreaming(
          EchoService.repeated,
          Text("hi")
        )
        #expect(try await responses.reduce(into: []) { $0.append($1.text) } == ["a"])
      }
    } server: { server in
      try await server.accept { reader, peer in
        for stream: UInt32 in [1, 3] {
          #expect(try await reader.readRequest().frame.stream == stream)
          try await peer.respond(CallError(.unavailable, "loading"), stream: stream)
        }
        _ = try await reader.readRequest()
        if isUnary {
          try await peer.respond("hi", stream: 5)
        } else {
          try await peer.sendFrame(.data, stream: 5, hex("0a0161"))
          try await peer.sendFrame(.data, stream: 5, flags: [.remoteClosed, .noData])
        }
      }
    }
  }

  @Test func `a stream that was begun is not made again`() async throws {
    try await RawServer.withClient(options: Self.eager) { client in
      let responses: ResponseStream<Text> = try await client.serverStreaming(
        EchoService.repeated,
        Text("hi")
      )
      var iterator = responses.makeAsyncIterator()
      #expect(try await iterator.next()?.text == "a")
      await #expect(throws: CallError(.unavailable, "going")) { try await iterator.next() }
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.sendFrame(.data, hex("0a0161"))
        try await peer.respond(CallError(.unavailable, "going"), stream: 1)
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `attempts end, with the last error`() async throws {
    try await RawServer.withClient(options: Self.eager) { client in
      await #expect(throws: CallError(.unavailable, "attempt 5")) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
    } server: { server in
      try await server.accept { reader, peer in
        for attempt in 1 ... 5 {
          let stream = try await reader.readRequest().frame.stream
          try await peer.respond(CallError(.unavailable, "attempt \(attempt)"), stream: stream)
        }
      }
    }
  }

  @Test func `a server that cannot be reached is tried again, and then named`() async throws {
    // A port that no server of these tests is given.
    let client = RPCClient(endpoint: Endpoint(host: "127.0.0.1", port: 1), options: Self.eager)
    await #expect(
      throws: CallError(.unavailable, "Cannot connect to 127.0.0.1:1: nothing listens there")
    ) {
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
    }
    await client.close()
  }

  @Test func `a timeout holds while there is no connection`() async throws {
    let client = RPCClient(
      endpoint: Endpoint(host: "127.0.0.1", port: 1),
      options: ClientOptions(
        retry: RetryPolicy(maximumAttempts: 1000, initialBackoff: .seconds(3600))
      )
    )
    let error = await #expect(throws: CallError.self) {
      let _: Text = try await client.unary(
        EchoService.unary,
        Text("hi"),
        options: CallOptions(timeout: .milliseconds(100))
      )
    }
    #expect(error?.code == .deadlineExceeded)
    await client.close()
  }

  @Test func `a caller that is cancelled waits for no connection`() async throws {
    let client = RPCClient(
      endpoint: Endpoint(host: "127.0.0.1", port: 1),
      options: ClientOptions(
        retry: RetryPolicy(maximumAttempts: 1000, initialBackoff: .seconds(3600))
      )
    )
    await withThrowingTaskGroup(of: Text.self) { group in
      var states = client.connectionStates().makeAsyncIterator()
      group.addTask { try await client.unary(EchoService.unary, Text("hi")) }
      while let state = await states.next() {
        if case .failed = state { break }
      }
      group.cancelAll()
      let error = await #expect(throws: CallError.self) { try await group.next() }
      #expect(error?.code == .cancelled)
    }
    await client.close()
  }

  @Test func `the state of the connection can be observed`() async throws {
    let mayEnd = Signal()
    try await RawServer.withClient(options: Self.eager) { client in
      #expect(client.connectionState == .idle)
      var states = client.connectionStates().makeAsyncIterator()
      #expect(await states.next() == .idle)
      let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      #expect(client.connectionState == .ready)
      mayEnd.fire()
      while let state = await states.next(), state != .idle {}
      #expect(client.connectionState == .idle)
      await client.close()
      #expect(client.connectionState == .closed)
      while await states.next() != nil {}
      await #expect(throws: CallError.connectionClosed) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"))
      }
    } server: { server in
      try await server.accept { reader, peer in
        _ = try await reader.readRequest()
        try await peer.respond("hi", stream: 1)
        await mayEnd.wait()
        try await peer.reset()
      }
    }
  }

  @Test func `a graceful close waits for the calls that are under way`() async throws {
    let (isServed, mayEnd) = (Signal(), Signal())
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (request: Text, _) in
        isServed.fire()
        await mayEnd.wait()
        return request
      }
    ]
    try await withClient(methods) { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          let response: Text = try await client.unary(EchoService.unary, Text("hi"))
          #expect(response.text == "hi")
        }
        await isServed.wait()
        var states = client.connectionStates().makeAsyncIterator()
        group.addTask { await client.closeGracefully() }
        while await states.next() != nil {}
        await #expect(throws: CallError.connectionClosed) {
          let _: Text = try await client.unary(EchoService.unary, Text("hi"))
        }
        mayEnd.fire()
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: [(1, 0.2), (2, 0.4), (3, 0.8), (6, 5), (1000, 5)])
  func `waits grow to their limit, with jitter`(failures: Int, seconds: Double) {
    let policy = RetryPolicy()
    for chance in [-1.0, 0, 1] {
      let backoff = policy.backoff(after: failures, chance: chance) / .seconds(1)
      #expect(abs(backoff - seconds * (1 + 0.2 * chance)) < 1e-9)
    }
  }
}
