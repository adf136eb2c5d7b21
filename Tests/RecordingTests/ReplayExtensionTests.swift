import NIOCore
import Recording
import Testing

@testable import Listening
@testable import TTRPC

/// What a replay does by itself, because times and chunking have no meaning.
@Suite struct ReplayExtensionTests {
  /// Plays a recording to a server that begins with `greeting`, and returns what it gets.
  private static func play(
    _ recording: Recording,
    greeting: [ExtensionFrame]
  ) async throws -> (frames: [Frame], outcome: Replay.Outcome) {
    let received = AsyncStream.makeStream(of: Frame.self)
    let server: @Sendable (ByteConnection) async throws -> Void = { connection in
      try await connection.executeThenClose { inbound, outbound in
        var bytes = ByteBuffer()
        for frame in greeting { frame.write(into: &bytes) }
        try await outbound.write(bytes)
        var buffer = ByteBuffer()
        var decoder = FrameDecoder()
        for try await chunk in inbound {
          buffer.writeImmutableBuffer(chunk)
          while case .frame(let frame) = try decoder.decode(buffer: &buffer) {
            received.continuation.yield(frame)
          }
        }
        received.continuation.finish()
      }
    }
    return try await withRawServer(server) { endpoint in
      let outcome = await Replay(recording, to: endpoint).run()
      var frames: [Frame] = []
      for await frame in received.stream { frames.append(frame) }
      return (frames, outcome)
    }
  }

  @Test func `PINGs are answered when they come, and recorded PONGs left out`() async throws {
    let settings = ExtensionFrame.settings(ConnectionSettings())
    let recording = try await Recording.of([
      (1, .server, Frame(.ping(1))), (2, .client, Frame(.pong(1))), (3, .server, Frame(settings)),
    ])
    let (frames, outcome) = try await Self.play(
      recording,
      greeting: [.ping(98), .ping(99), settings]
    )
    #expect(try frames == [Frame(.pong(98)), Frame(.pong(99))])
    #expect(outcome.differences == [])
  }

  @Test func `PINGs stay as far apart as the server wants them`() async throws {
    var settings = ConnectionSettings()
    settings.minPingInterval = 50
    let recording = try await Recording.of([
      (0, .server, Frame(.settings(settings))),
      (1, .client, Frame(.ping(1))), (30_000, .client, Frame(.ping(2))),
      // This one came too early, and does so again.
      (30_001, .client, Frame(.ping(3))), (60_000, .client, Frame(.ping(4))),
    ])
    let start = ContinuousClock.now
    let (frames, outcome) = try await Self.play(recording, greeting: [.settings(settings)])
    #expect(.now - start >= .milliseconds(100))
    #expect(try frames == (1 ... 4).map { try Frame(.ping($0)) })
    #expect(outcome.differences == [])
  }

  @Test func `a frame that is answered before it is whole is not waited for`() async throws {
    let header = FrameHeader(length: 5 << 20, stream: 1, type: .request, flags: [])
    try await withFolder { folder in
      let service = StubService()
      let recording = try await service.serve { server in
        try await record(server, to: folder + "/a") { proxy in
          try await proxy.connectForBytes(tls: nil).executeThenClose { inbound, outbound in
            var bytes = ByteBuffer()
            bytes.writeFrameHeader(header)
            try await outbound.write(bytes)
            var answers = inbound.makeAsyncIterator()
            _ = try await answers.next()
            try await outbound.write(ByteBuffer(repeating: 0, count: Int(header.length)))
            outbound.finish()
            while try await answers.next() != nil {}
          }
        }
      }
      #expect(recording.frames(from: .client).map(\.data.readableBytes) == [5 << 20])
      let outcome = try await service.serve { await Replay(recording, to: $0).run() }
      #expect(outcome.differences == [])
    }
  }
}
