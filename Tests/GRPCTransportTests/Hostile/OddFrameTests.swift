import NIOCore
import TestHTTP
import TestServers
import Testing

@testable import Listening
@testable import RPC

/// Frames that are out of place, and connections that never come to a call.
@Suite struct OddFrameTests {
  @Test func `messages for calls that were refused end no connection`() async throws {
    try await withServer(limits: CallLimits(calls: 1)) { _, endpoint, ended in
      let peer = try await FramePeer.connect(to: endpoint)
      var bytes = ByteBuffer()
      bytes.writeCall("/test.Notes/Hang", stream: 1, request: Note("", 1).bytes)
      try await peer.send(bytes)
      #expect(await peer.next(.data) != nil)
      bytes.clear()
      let refused = stride(from: UInt32(3), to: 403, by: 2)
      for stream in refused { bytes.writeCall("/test.Notes/Echo", stream: stream, request: nil) }
      try await peer.send(bytes)
      for _ in refused { #expect(await peer.next(.reset)?.error == 0) }
      bytes.clear()
      for stream in refused {
        bytes.writeFrame(.data, stream: stream, GRPCPeer.frame(Note("a").bytes))
        bytes.writeFrame(.reset, stream: stream, ByteBuffer(integer: 8 as UInt32))
      }
      bytes.writeFrame(.ping, ByteBuffer(integer: 1 as UInt64))
      try await peer.send(bytes)
      #expect(await peer.next(.ping, .goAway)?.isOf(.ping) == true)
      await peer.close()
      try await ended.wait(for: 1)
    }
  }

  /// The server resets such a stream while its end arrives.
  @Test func `calls that are refused as soon as they come end no connection`() async throws {
    try await withServer(limits: CallLimits(calls: 1)) { _, endpoint, ended in
      let peer = try await FramePeer.connect(to: endpoint)
      var bytes = ByteBuffer()
      bytes.writeCall("/test.Notes/Hang", stream: 1, request: Note("", 1).bytes)
      try await peer.send(bytes)
      #expect(await peer.next(.data) != nil)
      bytes.clear()
      let refused = stride(from: UInt32(3), to: 83, by: 2)
      for stream in refused {
        bytes.writeCall("/test.Notes/Echo", stream: stream, request: Note("a").bytes)
      }
      try await peer.send(bytes)
      for _ in refused { #expect(await peer.next(.headers, .goAway)?.isOf(.headers) == true) }
      bytes.clear()
      bytes.writeFrame(.ping, ByteBuffer(integer: 1 as UInt64))
      try await peer.send(bytes)
      #expect(await peer.next(.ping, .goAway)?.isOf(.ping) == true)
      await peer.close()
      try await ended.wait(for: 1)
    }
  }

  @Test func `a stream that is over takes nothing`() async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Say", stream: 1, request: Note("a", 99).bytes)
        try await peer.send(bytes)
        #expect(await peer.next(.data) != nil)
        #expect(await peer.next(.headers) != nil)
        bytes.clear()
        bytes.writeFrame(.data, stream: 1, GRPCPeer.frame(Note("a", 99).bytes))
        await peer.sendAsFarAsTaken(bytes)
        #expect(await peer.next(.goAway)?.error == ErrorCode.streamClosed)
      }
    }
  }

  @Test func `a stream that has sent its end sends nothing more`() async throws {
    try await withServer { _, endpoint, ended in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Hang", stream: 1, request: Note("", 1).bytes)
        bytes.writeFrame(.data, stream: 1, GRPCPeer.frame(Note("a", 99).bytes))
        await peer.sendAsFarAsTaken(bytes)
        #expect(await peer.next(.reset, .goAway) != nil)
      }
      try await ended.wait(for: 1)
    }
  }

  @Test(arguments: [true, false])
  func `more streams than are allowed end the connection`(acknowledges: Bool) async throws {
    try await withServer(limits: CallLimits(callsPerConnection: 10)) { _, endpoint, _ in
      try await attack(endpoint, acknowledges: acknowledges) { peer in
        if acknowledges {
          // Answered after the acknowledgement has come.
          #expect(await peer.next(.settings) != nil)
          var bytes = ByteBuffer()
          bytes.writeCall("/test.Notes/Say", stream: 1, request: Note("a", 99).bytes)
          try await peer.send(bytes)
          #expect(await peer.next(.data) != nil)
        }
        var bytes = ByteBuffer()
        for stream in stride(from: UInt32(3), to: 20_001, by: 2) {
          bytes.writeCall("/test.Notes/Say", stream: stream, request: nil)
        }
        await peer.sendAsFarAsTaken(bytes)
        _ = await peer.expectGoAway(
          acknowledges ? ErrorCode.protocolError : ErrorCode.enhanceYourCalm
        )
      }
    }
  }

  @Test(
    arguments: [
      ByteBuffer(string: "PRI * HTTP/2.0\r\n"),
      ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      .opening(), .unendedHeaders(isWhole: false), .unendedHeaders(isWhole: true),
    ]
  )
  func `a connection that comes to no call is not waited for`(opening: ByteBuffer) async throws {
    var timeouts = ConnectionTimeouts.patient
    timeouts.firstRequest = .milliseconds(200)
    try await withServer(timeouts: timeouts) { _, endpoint, _ in
      let peer = try await FramePeer.connect(to: endpoint, opening: nil)
      // On a busy machine, its time may be over before this is sent.
      peer.channel.writeAndFlush(opening, promise: nil)
      try await peer.channel.closeFuture.get()
    }
  }

  @Test func `what begins like a preface and is none is told`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r")
      #expect(["400", "505"].contains(answer.status), "\(answer)")
    }
  }

  /// RFC 9113 section 3.1: the upgrade is no more.
  @Test func `an upgrade is not followed`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(
        to: .request(
          "GET /nothing",
          [
            "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__",
            "Connection: Upgrade, HTTP2-Settings",
          ]
        )
      )
      #expect(answer.status == "404")
    }
  }

  @Test func `a frame that is too long ends the connection`() async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Echo", stream: 1, request: nil)
        bytes.writeFrame(.data, stream: 1, ByteBuffer(repeating: 0, count: 1 << 20))
        await peer.sendAsFarAsTaken(bytes)
        #expect(await peer.next(.goAway) != nil)
      }
    }
  }
}

extension ByteBuffer {
  /// A call whose header fields have no end.
  fileprivate static func unendedHeaders(isWhole: Bool) -> ByteBuffer {
    var bytes = ByteBuffer.opening()
    bytes.writeFrame(.headers, stream: 1, .callFields("/test.Notes/Say"))
    if !isWhole { bytes.moveWriterIndex(to: bytes.writerIndex - 10) }
    return bytes
  }
}
