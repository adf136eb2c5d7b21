import NIOCore
import NIOHPACK
import TestHTTP
import Testing

@testable import Listening
@testable import RPC

/// Clients that let the server send nothing, or little, and windows that cannot be.
@Suite struct WindowTests {
  @Test(
    arguments: [(0, ErrorCode.protocolError), (0x7FFF_FFFF, ErrorCode.flowControlError)]
      as [(UInt32, UInt32)]
  )
  func `a window of nothing or of too much is an error`(window: UInt32, error: UInt32) async throws
  {
    try await withServer { _, endpoint, ended in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Hang", stream: 1, request: Note("", 1).bytes)
        try await peer.send(bytes)
        #expect(await peer.next(.data) != nil)
        bytes.clear()
        bytes.writeFrame(.window, stream: 1, ByteBuffer(integer: window))
        try await peer.send(bytes)
        let reset = await peer.next(.reset)
        #expect(reset?.stream == 1 && reset?.error == error)
        try await ended.wait(for: 1)
        _ = await peer.expectGoAway(ErrorCode.protocolError)
      }
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeFrame(.window, stream: 0, ByteBuffer(integer: window))
        await peer.sendAsFarAsTaken(bytes)
        _ = await peer.expectGoAway(error)
      }
    }
  }

  @Test(arguments: [0x8000_0000, 0x7FFF_FFFF] as [UInt32])
  func `a first window of too much ends the connection`(window: UInt32) async throws {
    try await withServer { _, endpoint, ended in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Hang", stream: 1, request: Note("", 1).bytes)
        bytes.writeFrame(.window, stream: 1, ByteBuffer(integer: 0x7000_0000 as UInt32))
        var setting = ByteBuffer(integer: 4 as UInt16)
        setting.writeInteger(window)
        bytes.writeFrame(.settings, setting)
        await peer.sendAsFarAsTaken(bytes)
        _ = await peer.expectGoAway(ErrorCode.flowControlError)
      }
    }
  }

  @Test func `a client whose windows hold all that is sent holds up no other call`() async throws {
    try await withServer { _, endpoint, ended in
      let most: UInt32 = 0x7FFF_FFFF
      let peer = try await FramePeer.connect(to: endpoint, opening: .opening((4, most)))
      var bytes = ByteBuffer()
      bytes.writeFrame(.window, stream: 0, ByteBuffer(integer: most - 65_535))
      bytes.writeCall("/test.Notes/Hang", stream: 1, request: Note("", 2).bytes)
      try await peer.send(bytes)
      #expect(await peer.next(.data) != nil)
      bytes.clear()
      bytes.writeCall("/test.Notes/Say", stream: 3, request: Note("a", 99).bytes)
      try await peer.send(bytes)
      #expect(await peer.frames.contains { $0.stream == 3 })
      await peer.close()
      try await ended.wait(for: 1)
    }
  }

  /// CVE-2019-9517: the call of each stream has ended, and its answer is there still.
  @Test(arguments: ["application/grpc", "application/grpc-web"])
  func `answers that nobody reads count, until their client goes`(type: String) async throws {
    let limits = CallLimits(memory: 1 << 20)
    try await withServer(limits: limits) { _, endpoint, _ in
      let other = try await GRPCPeer.connect(to: endpoint)
      let peer = try await FramePeer.connect(to: endpoint, opening: .opening((4, 0)))
      let note = Note(String(repeating: "x", count: 10_000), 99)
      for stream in stride(from: UInt32(1), to: 401, by: 2) {
        var bytes = ByteBuffer()
        var fields = ByteBuffer.callFields("/test.Notes/Say")
        if type != "application/grpc" {
          fields = .fields([
            (":method", "POST"), (":scheme", "http"), (":path", "/test.Notes/Say"),
            (":authority", "test"), ("content-type", type),
          ])
        }
        bytes.writeFrame(.headers, flags: 4, stream: stream, fields)
        bytes.writeFrame(.data, flags: 1, stream: stream, GRPCPeer.frame(note.bytes))
        try await peer.send(bytes)
        // The head of an answer needs no window; a refusal has none of it.
        _ = await peer.next(.headers)
      }
      let refused = try await other.call("/test.Notes/Say", [], [Note("a", 99).bytes])
      #expect(refused.status == 8)
      #expect(refused.message.hasPrefix("The server holds 1048576 bytes for its callers"))
      await peer.close()
      while try await other.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status != 0 {
        try await Task.sleep(for: .milliseconds(2))
      }
      try await other.close()
    }
  }

  @Test func `streams that read nothing wait, and end with their client`() async throws {
    try await withServer(limits: CallLimits(memory: 4 << 20)) { _, endpoint, ended in
      try await attack(endpoint, opening: .opening((4, 0))) { peer in
        for stream in stride(from: UInt32(1), to: 81, by: 2) {
          var bytes = ByteBuffer()
          bytes.writeCall("/test.Notes/Hang", stream: stream, request: Note("", 2).bytes)
          try await peer.send(bytes)
          #expect(await peer.next(.headers) != nil)
        }
      }
      try await ended.wait(for: 40)
    }
  }

  /// CVE-2019-9511.
  @Test func `a client that takes byte after byte keeps nobody waiting`() async throws {
    try await withServer { _, endpoint, ended in
      try await attack(endpoint, opening: .opening((4, 0))) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Hang", stream: 1, request: Note("", 2).bytes)
        for _ in 0 ..< 5000 {
          bytes.writeFrame(.window, stream: 1, ByteBuffer(integer: 1 as UInt32))
        }
        try await peer.send(bytes)
        var count = 0
        while count < 5000, let data = await peer.next(.data) {
          count += data.payload.readableBytes
        }
        #expect(count == 5000)
      }
      try await ended.wait(for: 1)
    }
  }

  /// What the encoder keeps is searched for each field of each response.
  @Test(arguments: ["application/grpc", "text/plain"])
  func `a large table of header fields stays empty`(type: String) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await FramePeer.connect(to: endpoint, opening: .opening((1, 1 << 30)))
      var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
      decoder.maxDynamicTableLength = 1 << 30
      var last: HPACKHeaders?
      for index in 0 ..< UInt32(50) {
        var bytes = ByteBuffer()
        let fields: ByteBuffer = .fields([
          (":method", "POST"), (":scheme", "http"), (":path", "/test.Notes/Say"),
          (":authority", "test"), ("content-type", type), ("x-request-id", "id-\(index)"),
          ("x-echo", "echo-\(index)"),
        ])
        bytes.writeFrame(.headers, flags: 4, stream: 2 * index + 1, fields)
        bytes.writeFrame(
          .data,
          flags: 1,
          stream: 2 * index + 1,
          GRPCPeer.frame(Note("a", 99).bytes)
        )
        try await peer.send(bytes)
        // One that knows the first responses alone still reads the last.
        var block = try #require(await peer.next(.headers)).payload
        if index < 2 || index == 49 { last = try decoder.decodeHeaders(from: &block) }
        guard type == "application/grpc" else { continue }
        var trailers = try #require(await peer.next(.headers)).payload
        if index < 2 { _ = try decoder.decodeHeaders(from: &trailers) }
      }
      #expect(last?["x-request-id"] == ["id-49"])
      #expect(last?.first(name: "content-type")?.hasPrefix("application/") == true)
      await peer.close()
    }
  }
}
