import Identifiers
import NIOCore
import TestTimes
import Testing

@testable import Listening
@testable import RPC
@testable import TTRPC

/// Peers that are silent, slow or gone.
@Suite struct ConnectionTimeoutsTests {
  @Test func `a connection on which nothing comes is closed`() async throws {
    let timeouts = ConnectionTimeouts(firstRequest: .milliseconds(50))
    try await withServer(EchoService.definition.methods, timeouts: timeouts) { port in
      try await RawPeer.withConnection(to: port) { reader, _ in
        let frame = try await reader.readFrame()
        #expect(frame == nil)
      }
    }
  }

  @Test func `a first frame that trickles in does not count`() async throws {
    let timeouts = ConnectionTimeouts(firstRequest: .milliseconds(200))
    try await withServer(EchoService.definition.methods, timeouts: timeouts) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            // A request of 64 KiB, which is not whole before the server has closed the connection,
            // however late that is.
            let header: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 1, 1, 0]
            for byte in header + Array(repeating: 0, count: 1 << 16) {
              try await peer.send(ByteBuffer(bytes: [byte]))
              try await Task.sleep(for: .milliseconds(50))
            }
          }
          // The end of the connection, or its RST.
          let frame = try? await reader.readFrame()
          #expect(frame == nil)
          group.cancelAll()
        }
      }
    }
  }

  @Test func `a stock connection without calls is closed after a while`() async throws {
    let timeouts = ConnectionTimeouts(idle: .milliseconds(500))
    try await withServer(EchoService.definition.methods, timeouts: timeouts) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Unary")
        #expect(try await reader.readFrame()?.type == .response)
        #expect(try await reader.readFrame() == nil)
      }
    }
  }

  @Test func `a connection without calls is closed in two steps where that is possible`()
    async throws
  {
    try await withGrowingTime(from: .milliseconds(800)) { idle in
      let timeouts = ConnectionTimeouts(idle: idle)
      return try await withServer(EchoService.definition.methods, timeouts: timeouts) { port in
        try await RawPeer.withConnection(to: port) { reader, peer in
          try await self.isClosedInTwoSteps(&reader, peer)
        }
      }
    }
  }

  /// - Returns: false when the connection was closed before the client's settings came.
  private func isClosedInTwoSteps(
    _ reader: inout RawPeer.Reader,
    _ peer: RawPeer
  ) async throws -> Bool {
    try await peer.agreeOnExtension(&reader)
    guard let announcement = try await reader.readFrame() else { return false }
    #expect(announcement.type == .goAway)
    guard case .ping(let ping) = try await reader.readExtensionFrame() else { return false }
    // A call that crosses the announcement is served.
    try await peer.sendRequest("Unary", stream: 3)
    #expect(try await reader.readFrame()?.stream == 3)
    try await peer.send(.pong(ping))
    guard case .goAway(let goAway) = try await reader.readExtensionFrame() else { return false }
    #expect(goAway.lastStream == 3)
    #expect(try await reader.readFrame() == nil)
    return true
  }

  @Test func `a call keeps its connection, however long it takes`() async throws {
    let timeouts = ConnectionTimeouts(idle: .milliseconds(300))
    let methods: [Identifier: MethodHandler] = [
      "Slow": .unary { (request: Text, _) in
        try await Task.sleep(for: .milliseconds(700))
        return request
      }
    ]
    try await withServer(methods, timeouts: timeouts) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Slow")
        #expect(try await reader.readFrame()?.type == .response)
      }
    }
  }

  @Test func `a peer that does not answer PINGs loses its calls`() async throws {
    try await withGrowingTime(from: .milliseconds(50)) { patience in
      let isCancelled = Signal()
      let methods: [Identifier: MethodHandler] = [
        "Wait": .serverStreaming { (_: Text, _: ResponseWriter<Text>, _) in
          await untilCancelled()
          isCancelled.fire()
        },
        "Unary": .unary { (request: Text, _) in request },
      ]
      let timeouts = ConnectionTimeouts(keepaliveInterval: patience, keepalive: patience)
      return try await withServer(methods, timeouts: timeouts) { port in
        try await RawPeer.withConnection(to: port) { reader, peer in
          try await peer.agreeOnExtension(&reader)
          try await peer.sendRequest("Wait", stream: 3, flags: .remoteClosed)
          guard let ping = try await reader.readFrame() else { return false }
          #expect(try ExtensionFrame(ping) == .ping(0))
          #expect(try await reader.readFrame() == nil)
          await isCancelled.wait()
          return true
        }
      }
    }
  }

  @Test func `times that are longer than the kernel's are served, too`() async throws {
    let long = Duration.seconds(1_000_000)
    let timeouts = ConnectionTimeouts(
      firstRequest: long,
      keepaliveInterval: long,
      keepalive: long * 3,
      writeStall: long * 3
    )
    try await withServer(EchoService.definition.methods, timeouts: timeouts) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.sendRequest("Unary")
        #expect(try await reader.readFrame()?.type == .response)
      }
    }
  }

  @Test func `a peer that answers PINGs lives`() async throws {
    let timeouts = ConnectionTimeouts(
      keepaliveInterval: .milliseconds(20),
      keepalive: .seconds(3600)
    )
    try await withServer(EchoService.definition.methods, timeouts: timeouts) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.agreeOnExtension(&reader)
        for _ in 0 ..< 5 {
          #expect(try await reader.readExtensionFrame() == .ping(0))
          try await peer.send(.pong(0))
        }
      }
    }
  }

  @Test func `a peer that takes no bytes loses its calls, and no other one does`() async throws {
    let isCancelled = Signal()
    let methods: [Identifier: MethodHandler] = [
      "Flood": .serverStreaming { (_: Text, responses: ResponseWriter<Text>, _) in
        defer { isCancelled.fire() }
        while true { try await responses.write(BackpressureTests.large) }
      },
      "Unary": .unary { (request: Text, _) in request },
    ]
    // The other one says nothing before, which on a machine that is busy takes its time.
    let timeouts = ConnectionTimeouts(firstRequest: .seconds(3600), writeStall: .milliseconds(200))
    try await withServer(methods, timeouts: timeouts) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await RawPeer.withConnection(to: port) { _, stuck in
          try await stuck.sendRequest("Flood", flags: .remoteClosed)
          await isCancelled.wait()
        }
        try await peer.sendRequest("Unary")
        #expect(try await reader.readFrame()?.type == .response)
      }
    }
  }

  @Test func `answers that nobody takes hold up the questions, and come when somebody does`()
    async throws
  {
    try await withServer(EchoService.definition.methods) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        // Each has an answer of 65 bytes. They fill the sockets' buffers; then the server reads no more.
        let count = 150_000
        var frames = ByteBuffer()
        for _ in 0 ..< count { frames.writeEnd(stream: 2) }
        try await peer.send(frames)
        var answers = 0
        while answers < count, try await reader.readFrame()?.stream == 2 { answers += 1 }
        #expect(answers == count)
      }
    }
  }
}
