import Foundation
import Identifiers
import Listening
import NIOCore
import RPC
import Recording
import TTRPC
import TestServers
import Testing
import TokenwireAPI
import TokenwireClient

@Suite struct RecorderTests {
  @Test func `every frame of both sides is an event`() async throws {
    try await withFolder { folder in
      let recording = try await recordCalls(of: StubService(), to: folder + "/a") { client in
        let text = try await client.text()
        #expect(text == "The quick brown fox")
      }
      let client = recording.frames(from: .client).map(\.type)
      #expect(client.first == .request)
      let server = recording.frames(from: .server).map(\.type)
      #expect(server == [.settings] + Array(repeating: .data, count: 7))
      #expect(recording.events.first?.kind == .open)
      #expect(recording.events.contains { $0.side == .client && $0.kind == .end(error: nil) })
    }
  }

  @Test func `lines say for people what was called, said, and how it ended`() async throws {
    try await withFolder { folder in
      _ = try await recordCalls(of: StubService(), to: folder + "/a") { try await $0.text() }
      let lines = try String(contentsOfFile: folder + "/a", encoding: .utf8)
      #expect(lines.contains(#""method":"tokenwire.v1.Tokenwire/Generate""#))
      #expect(lines.contains(#""message":{"prompt":"go"}"#))
      #expect(lines.contains(#""delta":{"text":" quick","token_ids":[1]}"#))
      #expect(lines.contains(#""finish_reason":"LENGTH""#))
      #expect(lines.contains(#""status":"OK""#))
    }
  }

  @Test(arguments: [true, false])
  func `tokens are redacted in the file, and not on the wire`(redacts: Bool) async throws {
    let token = "secret.token"
    try await withFolder { folder in
      let recording = try await recordCalls(
        of: StubService(token: token),
        to: folder + "/a",
        redactsTokens: redacts
      ) { client in
        var request = GenerateRequest.go
        for try await _ in try await client.api.secureGenerate(
          request,
          options: CallOptions(metadata: ["authorization": "Bearer \(token)"])
        ) {}
        request.accessToken = token
        for try await _ in try await client.api.secureGenerate(request) {}
      }
      #expect(recording.header.redactsTokens == redacts)
      // Both calls were accepted: the server got the token.
      #expect(recording.frames(from: .server).filter { $0.flags.contains(.noData) }.count == 2)
      let requests = recording.frames(from: .client).filter { $0.type == .request }
      let texts = requests.map { String(buffer: $0.data) }
      #expect(texts.allSatisfy { $0.contains(token) == !redacts })
      #expect(texts.allSatisfy { $0.contains("[redacted]") == redacts })
      let lines = try String(contentsOfFile: folder + "/a", encoding: .utf8)
      #expect(lines.contains(token) == !redacts)
      let request = try #require(requests.last).readRequest()
      #expect(request.method == TokenwireMethod.secureGenerate)
      let message = try GenerateRequest(serialized: request.payload)
      #expect(message.input == .prompt("go"))
    }
  }

  @Test func `tokens are hidden where they have no place`() async throws {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiYSJ9.c2ln"
    let malformed = Frame(
      stream: 1,
      type: .request,
      data: ByteBuffer(string: "\u{FF}\u{FF} Bearer plain-token, \(token) end")
    )
    var cutOff = ByteBuffer()
    cutOff.writeFrameHeader(FrameHeader(length: 500, stream: 1, type: .request, flags: []))
    cutOff.writeString("authorization Bearer plain-token")
    let sent = [ByteBuffer(malformed), cutOff]
    try await withFolder { folder in
      let recording = try await StubService().serve { server in
        try await record(server, to: folder + "/a") { proxy in
          try await exchange(sent, with: proxy)
          try await exchange([ByteBuffer(string: "GET /?t=\(token) HTTP/1.1")], with: proxy)
        }
      }
      let recorded = recording.events.compactMap { event in
        switch event.kind {
        case .frame(let frame) where event.side == .client: String(buffer: frame.data)
        case .bytes(let bytes): String(buffer: bytes)
        default: nil
        }
      }
      try #require(recorded.count == 3)
      #expect(recorded.allSatisfy { !$0.contains("plain-token") && !$0.contains("eyJ") })
      #expect(recorded[0].hasSuffix(" end"))
      #expect(recorded[1].hasSuffix("authorization Bearer xxxxxxxxxxx"))
      #expect(recorded[2].hasSuffix(" HTTP/1.1"))
    }
  }

  @Test func `odd frames, and those that are too long, are recorded as they are`() async throws {
    let frames = [
      Frame(stream: 7, type: FrameType(rawValue: 0x77), flags: [.noData], data: ByteBuffer()),
      Frame(
        stream: 2,
        type: .data,
        flags: FrameFlags(rawValue: 0xFF),
        data: ByteBuffer(bytes: [1])
      ),
      Frame(
        stream: 9,
        type: .data,
        data: ByteBuffer(repeating: 3, count: FrameHeader.maximumDataLength + 1)
      ),
    ]
    try await withFolder { folder in
      let recording = try await StubService().serve { server in
        try await record(server, to: folder + "/a") { proxy in
          try await exchange(frames.map { ByteBuffer($0) }, with: proxy)
        }
      }
      #expect(recording.frames(from: .client) == frames)
    }
  }

  @Test func `nothing is lost or changed on the way, however it is cut`() async throws {
    var bytes = ByteBuffer()
    for number in 0 ..< 50 {
      let data = ByteBuffer(repeating: UInt8(number), count: number * 31)
      Frame(stream: UInt32(number), type: FrameType(rawValue: 0x60), data: data).write(into: &bytes)
    }
    bytes.writeFrameHeader(FrameHeader(length: 9, stream: 1, type: .data, flags: []))
    let sent = bytes
    var chunks: [ByteBuffer] = []
    while let chunk = bytes.readSlice(length: min(97, bytes.readableBytes)), chunk.readableBytes > 0
    {
      chunks.append(chunk)
    }
    try await withFolder { [chunks] folder in
      let recording = try await withEchoServer { server in
        try await record(server, to: folder + "/a", redactsTokens: false) { proxy in
          let answer = try await exchange(chunks, with: proxy)
          #expect(answer == sent)
        }
      }
      for side in [RecordedEvent.Side.client, .server] {
        var recorded = ByteBuffer()
        for event in recording.events where event.side == side {
          switch event.kind {
          case .frame(let frame): frame.write(into: &recorded)
          case .bytes(let bytes): recorded.writeImmutableBuffer(bytes)
          case .open, .end: break
          }
        }
        #expect(recorded == sent)
      }
    }
  }

  @Test func `a reader that does not read slows the sender`() async throws {
    let total = 16 << 20
    try await withFolder { folder in
      // The kernel keeps little for socket files, and many megabytes for a port.
      let sockets = ["server", "proxy"].map { Endpoint.unix(path: "\(folder)/\($0)") }
      let written = Counter()
      let server: @Sendable (ByteConnection) async throws -> Void = { connection in
        try await connection.executeThenClose { inbound, outbound in
          let chunk = ByteBuffer(
            Frame(stream: 1, type: .data, data: ByteBuffer(repeating: 0, count: 1 << 16))
          )
          while await written.count < total {
            // Returns when the socket has taken it, which the writer does not wait for.
            try await connection.channel.writeAndFlush(chunk).get()
            await written.add(chunk.readableBytes)
          }
          outbound.finish()
          for try await _ in inbound {}
        }
      }
      try await withRawServer(on: sockets[0], server) { endpoint in
        _ = try await record(endpoint, to: folder + "/a", on: sockets[1]) { proxy in
          try await proxy.connectForBytes(tls: nil).executeThenClose { inbound, outbound in
            var last = -1
            while await written.count != last {
              last = await written.count
              try await Task.sleep(for: .milliseconds(500))
            }
            #expect(last < total / 2)
            var received = 0
            for try await chunk in inbound { received += chunk.readableBytes }
            outbound.finish()
            #expect(received >= total)
          }
        }
      }
    }
  }

  @Test func `a client that leaves in the middle ends both sides`() async throws {
    try await withFolder { folder in
      let server: @Sendable (ByteConnection) async throws -> Void = { connection in
        try await connection.executeThenClose { inbound, outbound in
          let chunk = ByteBuffer(Frame(stream: 1, type: .data, data: ByteBuffer(string: "more")))
          try await outbound.write(chunk)
          for try await _ in inbound {}
          // Until the proxy has seen that nobody is there to take it.
          while true {
            try await outbound.write(chunk)
            try await Task.sleep(for: .milliseconds(5))
          }
        }
      }
      let recording = try await withRawServer(server) { endpoint in
        try await record(endpoint, to: folder + "/a") { proxy in
          try await proxy.connectForBytes(tls: nil).executeThenClose { inbound, _ in
            for try await _ in inbound { break }
          }
        }
      }
      for side in [RecordedEvent.Side.client, .server] {
        let ends = recording.events.filter { event in
          if case .end = event.kind { event.side == side } else { false }
        }
        #expect(ends.count == 1)
      }
    }
  }

  @Test func `a server that cannot be reached is told, and recorded`() async throws {
    try await withFolder { folder in
      let failures = AsyncStream.makeStream(of: String.self)
      let proxy = RecordingProxy(
        listen: .anyPort,
        // A port that no server of these tests is given.
        to: Endpoint(host: "127.0.0.1", port: 1),
        recorder: try Recorder(path: folder + "/a")
      )
      try await withEndpoint(
        of: { listening in
          try await proxy.run {
            listening($0)
          } onFailure: {
            failures.continuation.yield($0)
          }
        }
      ) { address in
        let answer = try await exchange([], with: address)
        #expect(answer.readableBytes == 0)
      }
      var iterator = failures.stream.makeAsyncIterator()
      let failure = try #require(await iterator.next())
      #expect(failure == "Cannot connect to 127.0.0.1:1: nothing listens there")
      let events = try Recording(path: folder + "/a").events
      #expect(events.contains { $0.side == .server && $0.kind == .end(error: failure) })
    }
  }

  @Test(arguments: ["/dev/full", "/nowhere/a.frames.jsonl"])
  func `a file that cannot be written is told in one sentence`(path: String) async throws {
    let proxy = RecordingProxy(
      listen: .anyPort,
      to: Endpoint(host: "127.0.0.1", port: 1),
      recorder: try Recorder(path: path)
    )
    await #expect(throws: RecordingError.self) {
      try await proxy.run(
        onListening: { _ in Issue.record("it listens without a file") },
        onFailure: { _ in }
      )
    }
  }

  @Test func `a file that is there stays as it is`() async throws {
    try await withFolder { folder in
      let path = folder + "/notes"
      try Data("important".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: RecordingError.self) { try Recorder(path: path) }
      let link = folder + "/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere")
      #expect(throws: RecordingError.self) { try Recorder(path: link) }
      // One that has come meanwhile, too.
      let late = folder + "/late"
      let recorder = try Recorder(path: late)
      try Data("important".utf8).write(to: URL(fileURLWithPath: late))
      await #expect(throws: RecordingError.self) { try await recorder.begin() }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
          "late", "link", "notes",
        ]
      )
      for path in [path, late] {
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "important")
      }
    }
  }

  @Test func `without a place to listen, no file is made`() async throws {
    try await withFolder { folder in
      let proxy = RecordingProxy(
        listen: try #require(Endpoint("unix:\(folder)/no/socket")),
        to: Endpoint(host: "127.0.0.1", port: 1),
        recorder: try Recorder(path: folder + "/a")
      )
      await #expect(throws: ListenError.self) {
        try await proxy.run(onListening: { _ in }, onFailure: { _ in })
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }
}
