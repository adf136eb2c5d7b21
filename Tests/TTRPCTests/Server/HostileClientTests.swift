import Identifiers
import NIOCore
import Synchronization
import Testing

@testable import RPC
@testable import TTRPC

/// Clients that want to hurt: the server lives, and others are served.
@Suite struct HostileClientTests {
  @Test func `ids that wrap are refused, and the highest one is no call's`() async throws {
    try await withServer { _, port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await self.call(&reader, peer, stream: 0xFFFF_FFFD)
        // The extension's frames have it.
        try await peer.sendRequest("Unary", stream: 0xFFFF_FFFF)
        try await reader.expectError(
          .invalidArgument,
          "StreamID 4294967295 is reserved: connect again",
          stream: 0xFFFF_FFFF
        )
        try await peer.sendFrame(.data, stream: 0xFFFF_FFFF)
        try await reader.expectError(
          .invalidArgument,
          "StreamID is no longer active",
          stream: 0xFFFF_FFFF
        )
        try await peer.sendRequest("Unary", stream: 1)
        try await reader.expectError(
          .invalidArgument,
          "StreamID cannot be re-used and must increment"
        )
      }
    }
  }

  @Test func `a window that shrinks, overflows or is nobody's changes nothing`() async throws {
    let methods = EchoService.definition.methods.merging(["Flood": ExtensionTests.flood]) { $1 }
    try await withServer(methods) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.agreeOnExtension(&reader, window: 0)
        try await peer.sendRequest("Flood", stream: 3, flags: .remoteClosed)
        for stream: UInt32 in [0, 1, 4, 5, .max] {
          try await peer.send(.window(stream: stream, maxOffset: .max))
        }
        try await self.call(&reader, peer, stream: 7)
        for offset: UInt64 in [.max, .max - 1, 0] {
          try await peer.send(.window(stream: 3, maxOffset: offset))
        }
        for _ in 0 ..< 100 { #expect(try await reader.readFrame()?.stream == 3) }
      }
    }
  }

  @Test func `streams that are opened and cancelled at once never run over the limit`() async throws
  {
    let running = Atomic(0)
    let highest = Atomic(0)
    let count = 20_000
    let methods: [Identifier: MethodHandler] = [
      "Wait": .serverStreaming { (_: Text, _: ResponseWriter<Text>, _) in
        highest.max(running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        defer { running.subtract(1, ordering: .relaxed) }
        await untilCancelled()
      },
      "Unary": .unary { (request: Text, _) in request },
    ]
    try await withServer(methods, limits: CallLimits(callsPerConnection: 10)) { port in
      try await RawPeer.withConnection(to: port) { reader, peer in
        try await peer.agreeOnExtension(&reader)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await self.openAndCancel(count, on: peer) }
          // Others are served meanwhile.
          group.addTask {
            try await RawPeer.withConnection(to: port) { reader, other in
              for index in 0 ..< 100 {
                try await self.call(&reader, other, stream: UInt32(2 * index + 1))
              }
            }
          }
          // Each stream ends once: cancelled, or refused.
          var ends = 0
          while ends < count, let frame = try await reader.readFrame() {
            #expect(frame.type == .response)
            ends += 1
          }
          #expect(ends == count)
          try await group.waitForAll()
        }
        #expect(highest.load(ordering: .relaxed) <= 10)
        try await self.callUntilServed(&reader, peer, from: UInt32(2 * count + 3))
      }
    }
    #expect(running.load(ordering: .relaxed) == 0)
  }

  private func openAndCancel(_ count: Int, on peer: RawPeer) async throws {
    let request = RequestEnvelope(service: EchoService.name.text, method: "Wait").serialized()
    // Many in one write, as an attacker would.
    for batch in stride(from: 0, to: count, by: 100) {
      var frames = ByteBuffer()
      for index in batch ..< batch + 100 {
        let stream = UInt32(2 * index + 3)
        try frames.writeFrame(stream: stream, type: .request, flags: .remoteClosed) {
          $0.writeImmutableBuffer(request)
        }
        ExtensionFrame.cancel(stream: stream, code: 1).write(into: &frames)
      }
      try await peer.send(frames)
    }
  }

  @Test func `many connections that say nothing keep nobody from being served`() async throws {
    try OpenFiles.allow(3_000)
    try await withServer { _, port in
      try await withThrowingTaskGroup(of: Void.self) { group in
        let isOpen = Signal()
        for _ in 0 ..< 900 {
          group.addTask {
            try await RawPeer.withConnection(to: port) { _, _ in
              isOpen.fire()
              await untilCancelled()
            }
          }
        }
        for _ in 0 ..< 900 { await isOpen.wait() }
        try await RawPeer.withConnection(to: port) { reader, peer in
          for stream: UInt32 in [1, 3, 5] { try await self.call(&reader, peer, stream: stream) }
        }
        group.cancelAll()
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

  /// A place is free a moment after its call has ended.
  private func callUntilServed(
    _ reader: inout RawPeer.Reader,
    _ peer: RawPeer,
    from first: UInt32
  ) async throws {
    for stream in stride(from: first, to: .max, by: 2) {
      try await peer.sendRequest("Unary", stream: stream)
      let frame = try #require(await reader.readFrame())
      if CallError(try ResponseEnvelope(serialized: frame.data).status) == nil { return }
    }
  }
}
