import Listening
import NIOCore
import NIOHPACK
import Recording
import TestHTTP
import Testing

@Suite struct ReplayHTTPTests {
  /// Asks for the models twice, the second time when the first answer is there.
  private static func askTwice(_ endpoint: Endpoint) async throws {
    try await endpoint.connectForBytes(tls: nil).executeThenClose { inbound, outbound in
      var answers = inbound.makeAsyncIterator()
      var answer = ""
      for count in 1 ... 2 {
        let request = String.request("GET /v1/models", close: count == 2)
        try await outbound.write(ByteBuffer(string: request))
        while answer.components(of: "\"stub\"") < count {
          guard let bytes = try await answers.next() else { break }
          answer += String(buffer: bytes)
        }
      }
      outbound.finish()
      while try await answers.next() != nil {}
    }
  }

  private static func record(_ folder: String) async throws -> Recording {
    try await StubService().serveHTTP { server in
      try await RecordingTests.record(server, to: folder + "/a") { try await Self.askTwice($0) }
    }
  }

  /// How many answers had ended when the client sent its last request.
  private static func answers(before recording: Recording) -> Int {
    var heard = ""
    for event in recording.events {
      guard case .bytes(let bytes) = event.kind else { continue }
      let text = String(buffer: bytes)
      if event.side == .server { heard += text }
      if event.side == .client && text.contains("Connection: close") { break }
    }
    return heard.components(of: "\"stub\"")
  }

  @Test func `a client of HTTP waits for each answer, and the same server says the same`()
    async throws
  {
    try await withFolder { folder in
      let recording = try await Self.record(folder)
      let replayed = try await StubService().serveHTTP { server in
        try await RecordingTests.record(server, to: folder + "/b") { proxy in
          let outcome = await Replay(recording, to: proxy).run()
          #expect(outcome.differences == [])
        }
      }
      #expect(Self.answers(before: recording) == 1)
      #expect(Self.answers(before: replayed) == 1)
    }
  }

  @Test func `a text over HTTP is the same again`() async throws {
    try await withFolder { folder in
      let request = String.request("POST /generate", body: #"{"prompt":"hi"}"#)
      let recording = try await StubService().serveHTTP { server in
        try await RecordingTests.record(server, to: folder + "/a") { proxy in
          // A server drops the call of a client that has ended.
          try await proxy.connectForBytes(tls: nil).executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var answer = ""
            for try await bytes in inbound { answer += String(buffer: bytes) }
            #expect(answer.status == "200")
            outbound.finish()
          }
        }
      }
      let outcome = try await StubService().serveHTTP { await Replay(recording, to: $0).run() }
      #expect(outcome.differences == [])
    }
  }

  @Test func `another answer over HTTP is a difference`() async throws {
    try await withFolder { folder in
      let recording = try await Self.record(folder)
      let server: @Sendable (ByteConnection) async throws -> Void = { connection in
        try await connection.executeThenClose { inbound, outbound in
          for try await _ in inbound { break }
          try await outbound.write(
            ByteBuffer(string: "HTTP/1.1 503 Gone\r\ncontent-length: 4\r\n\r\ngone")
          )
          outbound.finish()
        }
      }
      let outcome = try await withRawServer(server) { await Replay(recording, to: $0).run() }
      #expect(
        outcome.differences.contains {
          $0.replayed == "5 heads and bytes of content, and the end"
        }
      )
      #expect(outcome.differences.contains { $0.replayed == "nothing" })
    }
  }

  @Test func `a recording of gRPC can be replayed`() async throws {
    try await withFolder { folder in
      let service = StubService()
      let recording = try await service.serveHTTP { server in
        try await RecordingTests.record(server, to: folder + "/a") { proxy in
          let calls = try await GRPCPeer.connect(to: proxy)
          for _ in 0 ..< 2 {
            let reply = try await calls.call(
              "/tokenwire.v1.Tokenwire/ListModels",
              [("x-api-key", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln")],
              [ByteBuffer()]
            )
            #expect(reply.status == 0)
          }
          try await calls.close()
        }
      }
      let replayed = try await service.serveHTTP { server in
        try await RecordingTests.record(server, to: folder + "/b") { proxy in
          #expect(await Replay(recording, to: proxy).run().differences == [])
        }
      }
      let server = try RecordedHTTP2(replayed, .server)
      #expect(server.blocks.compactMap { $0.first(name: "grpc-status") } == ["0", "0"])
    }
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    self.ranges(of: part).count
  }
}
