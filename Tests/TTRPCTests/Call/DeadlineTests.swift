import Identifiers
import NIOCore
import Testing

@testable import RPC
@testable import TTRPC

/// The server's deadlines are seen from raw connections, because our client keeps its own as well.
@Suite struct DeadlineTests {
  static let waiting: [Identifier: MethodHandler] = [
    "Unary": .unary { (request: Text, _) in
      await untilCancelled()
      return request
    },
    "Stream": .serverStreaming { (request: Text, responses: ResponseWriter<Text>, _) in
      try await responses.write(request)
      await untilCancelled()
    },
  ]

  @Test(arguments: [
    (
      Duration.nanoseconds(1), "The call took longer than the 1e-09 seconds that its caller gave it"
    ),
    (.milliseconds(20), "The call took longer than the 0.02 seconds that its caller gave it"),
    (.nanoseconds(-1), "The call's time was over before it began"),
  ])
  func `a unary call ends at its deadline`(timeout: Duration, message: String) async throws {
    try await withServer(Self.waiting) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Unary", timeout: timeout)
        try await reader.expectError(.deadlineExceeded, message)
      }
    }
  }

  @Test func `a stream ends at its deadline, once, after what it had sent`() async throws {
    try await withServer(Self.waiting.merging(EchoService.definition.methods) { $1 }) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        var stream: UInt32 = 1
        var timeout = Duration.milliseconds(25)
        var first: Frame
        // A machine that is busy may not come to the handler in time: it gets more.
        repeat {
          stream += 2
          timeout *= 2
          try await peer.sendRequest(
            "Stream",
            stream: stream,
            payload: hex("0a0161"),
            timeout: timeout
          )
          first = try #require(try await reader.readFrame())
        } while first.type == .response && timeout < .seconds(10)
        try #require(first == Frame(stream: stream, type: .data, flags: [], data: hex("0a0161")))
        try await reader.expectError(
          .deadlineExceeded,
          "The call took longer than the \(timeout) that its caller gave it",
          stream: stream
        )
        stream += 2
        try await peer.sendRequest("Unary", stream: stream, payload: hex("0a0161"))
        let next = try #require(try await reader.readFrame())
        #expect(next == Frame(stream: stream, type: .response, flags: [], data: hex("1203 0a0161")))
      }
    }
  }

  @Test func `the handler of a call that is late is cancelled`() async throws {
    let isCancelled = Signal()
    let methods: [Identifier: MethodHandler] = [
      "Unary": .unary { (request: Text, _) in
        await untilCancelled()
        isCancelled.fire()
        return request
      }
    ]
    try await withServer(methods) { port in
      try await RawPeer.withConnection(to: port) { _, peer in
        try await peer.sendRequest("Unary", timeout: .milliseconds(1))
        await isCancelled.wait()
      }
    }
  }

  @Test(arguments: [Int64.max, 3_600_000_000_000])
  func `a call that is in time is not touched`(nanoseconds: Int64) async throws {
    try await withServer { _, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest(
          "Unary",
          payload: hex("0a0161"),
          timeout: .nanoseconds(nanoseconds)
        )
        try await reader.expect(hex("00000005 00000001 02 00 | 1203 0a0161"))
      }
    }
  }

  @Test func `our client's caller learns of it whoever notices first`() async throws {
    try await withClient(Self.waiting) { client in
      let options = CallOptions(timeout: .milliseconds(1))
      let error = await #expect(throws: CallError.self) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"), options: options)
      }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test func `our client's caller is told the time that it gave, of which some has gone by`()
    async throws
  {
    try await withClient(Self.waiting) { client in
      let options = CallOptions(timeout: .seconds(1), since: .now - .seconds(2))
      await #expect(throws: CallError.deadlineExceeded(.seconds(1))) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"), options: options)
      }
    }
    // The server knows of the time that was left.
    try await RawServer.withClient { client in
      let options = CallOptions(timeout: .seconds(3600))
      await #expect(throws: CallError.deadlineExceeded(.seconds(3600))) {
        let _: Text = try await client.unary(EchoService.unary, Text("hi"), options: options)
      }
    } server: { server in
      try await server.accept { reader, peer in
        let request = try await reader.readRequest()
        let left = Duration.nanoseconds(request.envelope.timeoutNano)
        #expect(left < .seconds(3600))
        try await peer.respond(.deadlineExceeded(left), stream: request.frame.stream)
      }
    }
  }
}
