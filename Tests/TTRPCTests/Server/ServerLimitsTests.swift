import Identifiers
import NIOCore
import Testing

@testable import Listening
@testable import RPC
@testable import TTRPC

/// What a server refuses because it is too much, and that it goes on afterwards.
@Suite struct ServerLimitsTests {
  @Test func `a connection too many is told so at its first call, and closed`() async throws {
    let limits = ConnectionLimits(connections: 1)
    try await withServer(EchoService.definition.methods, connectionLimits: limits) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await self.call(&reader, peer, stream: 1)
        try await RawPeer.withConnection(to: port) { refusedReader, refused in
          try await refused.sendRequest("Unary")
          try await refusedReader.expectError(
            .resourceExhausted,
            "The server has 1 connections, which is this server's limit: try again later"
          )
          #expect(try await refusedReader.readFrame() == nil)
        }
        try await self.call(&reader, peer, stream: 3)
      }
    }
  }

  @Test func `a connection that is closed makes room for another`() async throws {
    let limits = ConnectionLimits(connectionsPerAddress: 1)
    try await withServer(EchoService.definition.methods, connectionLimits: limits) { port in
      for _ in 0 ..< 3 {
        try await RawPeer.withConnection(to: port) { reader, peer in
          // The server may see the end of the connection before this one's later than this one.
          try await peer.sendRequest("Unary", payload: hex("0a0161"))
          let frame = try #require(await reader.readFrame())
          let error = CallError(try ResponseEnvelope(serialized: frame.data).status)
          #expect(error == nil || error?.code == .resourceExhausted)
          peer.halfClose()
          #expect(try await reader.readFrame() == nil)
        }
      }
    }
  }

  @Test func `connections over the limit of an address are told so`() async throws {
    let limits = ConnectionLimits(connectionsPerAddress: 1)
    try await withServer(EchoService.definition.methods, connectionLimits: limits) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await self.call(&reader, peer, stream: 1)
        try await RawPeer.withConnection(to: port) { refusedReader, refused in
          try await refused.sendRequest("Unary")
          try await refusedReader.expectError(
            .resourceExhausted,
            "Your address has 1 connections, which is this server's limit: use one for many calls"
          )
        }
      }
    }
  }

  @Test func `hundreds of connections over the limit do not keep others from being served`()
    async throws
  {
    let limits = ConnectionLimits(connections: 2)
    try await withServer(EchoService.definition.methods, connectionLimits: limits) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await self.call(&reader, peer, stream: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0 ..< 300 {
            group.addTask {
              try await RawPeer.withConnection(to: port) { reader, _ in
                _ = try? await reader.readFrame()
              }
            }
          }
          try await self.call(&reader, peer, stream: 3)
          group.cancelAll()
        }
      }
    }
  }

  @Test func `calls over the limit of a connection are refused until one ends`() async throws {
    try await self.withHolder(CallLimits(callsPerConnection: 2)) { holder, reader, peer in
      for stream: UInt32 in [1, 3] {
        try await peer.sendRequest("Hold", stream: stream)
        await holder.isServed.wait()
      }
      try await peer.sendRequest("Unary", stream: 5)
      try await reader.expectError(
        .resourceExhausted,
        "Your connection has 2 calls, which is this server's limit: let one end first",
        stream: 5
      )
      holder.mayEnd.fire()
      #expect(try await reader.readFrame()?.type == .response)
      try await self.callUntilServed(&reader, peer, from: 7)
    }
  }

  @Test func `a call that was cancelled counts until its handler has ended`() async throws {
    try await self.withHolder(CallLimits(callsPerConnection: 1)) { holder, reader, peer in
      try await peer.agreeOnExtension(&reader)
      try await self.callUntilServed(&reader, peer, from: 3, method: "Unary")
      try await peer.sendRequest("Hold", stream: 1_001)
      await holder.isServed.wait()
      try await peer.send(.cancel(stream: 1_001, code: 1))
      try await reader.expectError(.cancelled, "The call was cancelled", stream: 1_001)
      // Rapid reset: the stream is free, but what it has begun is not.
      try await peer.sendRequest("Unary", stream: 1_003)
      try await reader.expectError(
        .resourceExhausted,
        "Your connection has 1 calls, which is this server's limit: let one end first",
        stream: 1_003
      )
      holder.mayEnd.fire()
      try await self.callUntilServed(&reader, peer, from: 1_005)
    }
  }

  @Test func `calls over the limit of the server are refused, whoever makes them`() async throws {
    try await self.withHolder(CallLimits(calls: 1)) { holder, reader, peer in
      try await peer.sendRequest("Hold")
      await holder.isServed.wait()
      try await RawPeer.withConnection(to: holder.port) { otherReader, other in
        try await other.sendRequest("Unary")
        try await otherReader.expectError(
          .resourceExhausted,
          "The server has 1 calls, which is this server's limit: try again later"
        )
      }
      holder.mayEnd.fire()
      #expect(try await reader.readFrame()?.type == .response)
    }
  }

  @Test func `calls are refused while too much memory is held`() async throws {
    try await self.withHolder(CallLimits(memory: 1_000)) { holder, reader, peer in
      let large = Text(String(repeating: "x", count: 1_000)).serialized()
      try await peer.sendRequest("Hold", payload: large)
      await holder.isServed.wait()
      try await peer.sendRequest("Unary", stream: 3)
      try await reader.expectError(
        .resourceExhausted,
        "The server holds 1000 bytes for its callers, which is this server's limit: "
          + "try again later, and read what you called for",
        stream: 3
      )
      holder.mayEnd.fire()
      #expect(try await reader.readFrame()?.stream == 1)
      try await self.callUntilServed(&reader, peer, from: 5)
    }
  }

  @Test func `output that nobody takes counts as memory held`() async throws {
    let methods: [Identifier: MethodHandler] = [
      "Flood": ExtensionTests.flood,
      "Unary": .unary { (request: Text, _) in request },
    ]
    try await withServer(methods, limits: CallLimits(memory: 10_000)) { port in
      try await RawPeer.withConnection(to: port) { _, stuck in
        try await stuck.sendRequest("Flood", flags: .remoteClosed)
        try await RawPeer.withConnection(to: port) { reader, peer in
          // The sockets' buffers fill first.
          var stream: UInt32 = 1
          var error: CallError?
          while error == nil {
            try await peer.sendRequest("Unary", stream: stream)
            let frame = try #require(await reader.readFrame())
            error = CallError(try ResponseEnvelope(serialized: frame.data).status)
            stream += 2
          }
          #expect(error?.code == .resourceExhausted)
        }
      }
    }
  }

  @Test func `requests that no handler reads count as memory held, until their call ends`()
    async throws
  {
    try await self.withHolder(CallLimits(memory: 100_000)) { holder, _, stuck in
      try await stuck.sendRequest("HoldStream", flags: .remoteOpen)
      await holder.isServed.wait()
      try await stuck.sendFrame(.data, Text(String(repeating: "x", count: 120_000)).serialized())
      try await RawPeer.withConnection(to: holder.port) { reader, peer in
        var stream: UInt32 = 1
        var error: CallError?
        while error == nil {
          try await peer.sendRequest("Unary", stream: stream)
          let frame = try #require(await reader.readFrame())
          error = CallError(try ResponseEnvelope(serialized: frame.data).status)
          stream += 2
        }
        #expect(error?.code == .resourceExhausted)
        holder.mayEnd.fire()
        try await self.callUntilServed(&reader, peer, from: 1_000_001)
      }
    }
  }

  @Test func `frames that are never complete have nobody's calls refused`() async throws {
    let limits = CallLimits(memory: 1_000_000)
    try await withServer(EchoService.definition.methods, limits: limits) { port in
      try await withThrowingTaskGroup(of: Void.self) { group in
        let isClosed = Signal()
        for _ in 0 ..< 10 {
          group.addTask {
            try await RawPeer.withConnection(to: port) { reader, peer in
              // A part of a frame of 1,000,000 bytes. Those that are too much are closed meanwhile.
              try? await peer.send(hex("000f4240 00000001 01 00"))
              try? await peer.send(ByteBuffer(repeating: 0, count: 200_000))
              _ = try? await reader.readFrame()
              isClosed.fire()
            }
          }
        }
        // No more than half of the memory is for them.
        for _ in 0 ..< 7 { await isClosed.wait() }
        try await RawPeer.withConnection(to: port) { reader, peer in
          try await self.call(&reader, peer, stream: 1)
        }
        group.cancelAll()
      }
    }
  }

  @Test func `a frame over the server's own limit is refused with it`() async throws {
    let limits = CallLimits(messageSize: 100)
    try await withServer(EchoService.definition.methods, limits: limits) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.send(hex("00000065 00000001 01 00"))
        try await peer.send(ByteBuffer(repeating: 0, count: 101))
        try await reader.expectError(
          .resourceExhausted,
          "message length 101 exceed maximum message size of 100"
        )
        try await self.call(&reader, peer, stream: 3)
      }
    }
  }

  @Test(arguments: [
    ("key", String(repeating: "v", count: 98), CallError.Code.resourceExhausted),
    ("trace-bin", "v", .invalidArgument),
    ("", "v", .invalidArgument),
    ("white space", "v", .invalidArgument),
    ("ümlaut", "v", .invalidArgument),
  ])
  func `metadata that is too much, or no text, is refused`(
    key: String,
    value: String,
    code: CallError.Code
  ) async throws {
    let limits = CallLimits(metadataSize: 100)
    try await withServer(EchoService.definition.methods, limits: limits) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        let envelope = RequestEnvelope(
          service: EchoService.name.text,
          method: "Unary",
          metadata: [KeyValue(key: key, value: value)]
        )
        try await peer.sendFrame(.request, envelope.serialized())
        let frame = try #require(await reader.readFrame())
        #expect(CallError(try ResponseEnvelope(serialized: frame.data).status)?.code == code)
        try await self.call(&reader, peer, stream: 3)
      }
    }
  }

  @Test func `metadata that cannot travel is refused where it is given`() async throws {
    try await withClient { client in
      let error = await #expect(throws: CallError.self) {
        let _: Text = try await client.unary(
          EchoService.unary,
          Text("hi"),
          options: CallOptions(metadata: ["Trace-Bin": "x"])
        )
      }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("\"trace-bin\"") == true)
    }
  }

  /// What a test needs to know of a method that holds its place.
  struct Holder: Sendable {
    var port = 0
    let isServed = Signal()
    let mayEnd = Signal()
  }

  /// Runs a server with a method "Hold", which does not end before it may, whatever becomes of its
  /// call.
  private func withHolder(
    _ limits: CallLimits,
    _ body: @escaping @Sendable (Holder, inout RawPeer.Reader, RawPeer) async throws -> Void
  ) async throws {
    let holder = Holder()
    let hold = MethodHandler.unary { (request: Text, _) in
      holder.isServed.fire()
      await Task { await holder.mayEnd.wait() }.value
      return request
    }
    let holdStream = MethodHandler.clientStreaming { (requests: RequestStream<Text>, _) in
      holder.isServed.fire()
      await Task { await holder.mayEnd.wait() }.value
      withExtendedLifetime(requests) {}
      return Text("")
    }
    let methods = EchoService.definition.methods.merging(
      ["Hold": hold, "HoldStream": holdStream]
    ) { $1 }
    try await withServer(methods, limits: limits) { port in
      var holder = holder
      holder.port = port
      let known = holder
      // Those that the test has not ended.
      defer { for _ in 0 ..< 10 { known.mayEnd.fire() } }
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await body(known, &reader, peer)
      }
    }
  }

  private func call(
    _ reader: inout RawPeer.Reader,
    _ peer: RawPeer,
    stream: UInt32
  ) async throws {
    try await peer.sendRequest("Unary", stream: stream, payload: hex("0a0161"))
    let frame = try #require(await reader.readFrame())
    #expect(frame == Frame(stream: stream, type: .response, flags: [], data: hex("12030a0161")))
  }

  /// Makes calls until one is served: a place is free a moment after its call was answered.
  private func callUntilServed(
    _ reader: inout RawPeer.Reader,
    _ peer: RawPeer,
    from first: UInt32,
    method: String = "Unary"
  ) async throws {
    for stream in stride(from: first, to: .max, by: 2) {
      try await peer.sendRequest(method, stream: stream)
      let frame = try #require(await reader.readFrame())
      let error = CallError(try ResponseEnvelope(serialized: frame.data).status)
      if frame.stream == stream && error == nil { return }
    }
  }
}
