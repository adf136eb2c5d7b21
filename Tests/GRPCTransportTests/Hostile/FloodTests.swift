import NIOCore
import RPC
import TestHTTP
import Testing

/// Frames without end (RFC 9113 section 10.5).
@Suite struct FloodTests {
  /// CVE-2023-44487.
  @Test func `streams that are opened and reset at once never run over the limit`() async throws {
    let waiters = Waiters()
    try await withServer([waiters.service], limits: CallLimits(callsPerConnection: 10)) {
      _,
      endpoint,
      _ in
      try await attack(endpoint) { peer in
        for batch in 0 ..< 50 {
          var bytes = ByteBuffer()
          for index in 0 ..< 100 {
            let stream = UInt32(2 * (100 * batch + index) + 1)
            bytes.writeCall("/test.Waiters/Wait", stream: stream, request: Note().bytes)
            bytes.writeFrame(.reset, stream: stream, ByteBuffer(integer: 8 as UInt32))
          }
          await peer.sendAsFarAsTaken(bytes)
        }
        _ = await peer.expectGoAway(ErrorCode.enhanceYourCalm)
      }
      #expect(waiters.mostAtOnce <= 10)
      try await waiters.waitForTheirEnd()
    }
  }

  /// CVE-2025-8671: here it is the server that resets, for errors that its client makes.
  @Test(arguments: [0, 0x7FFF_FFFF] as [UInt32])
  func `streams that the server is made to reset never run over the limit`(
    window: UInt32
  ) async throws {
    let waiters = Waiters()
    try await withServer([waiters.service], limits: CallLimits(callsPerConnection: 10)) {
      _,
      endpoint,
      _ in
      try await attack(endpoint) { peer in
        for batch in 0 ..< 20 {
          var bytes = ByteBuffer()
          for index in 0 ..< 100 {
            let stream = UInt32(2 * (100 * batch + index) + 1)
            bytes.writeCall("/test.Waiters/Wait", stream: stream, request: Note().bytes)
            bytes.writeFrame(.window, stream: stream, ByteBuffer(integer: window))
          }
          await peer.sendAsFarAsTaken(bytes)
        }
        _ = await peer.expectGoAway(ErrorCode.protocolError)
      }
      #expect(waiters.mostAtOnce <= 10)
      try await waiters.waitForTheirEnd()
    }
  }

  /// CVE-2024-27316.
  @Test(arguments: [0, 1, 1000])
  func `header fields in frames without end end the connection`(size: Int) async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeFrame(.headers, stream: 1, .callFields("/test.Notes/Say"))
        // Fields with names of one byte and values of none.
        let part = ByteBuffer(bytes: (0 ..< size).flatMap { _ in [0, 1, 0x78, 0] as [UInt8] })
        for _ in 0 ..< 1000 { bytes.writeFrame(.continuation, stream: 1, part) }
        await peer.sendAsFarAsTaken(bytes)
        let end = await peer.next(.goAway)
        #expect([ErrorCode.protocolError, ErrorCode.enhanceYourCalm].contains(end?.error))
      }
    }
  }

  @Test func `header fields that unfold to much end the connection`() async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var block = ByteBuffer.callFields("/test.Notes/Say")
        // One field of 4,000 bytes in the table, and then two thousand times its index.
        block.writeBytes([0x40, 1, 0x78, 0x7F, 0xA1, 0x1E])
        block.writeRepeatingByte(UInt8(ascii: "x"), count: 4000)
        block.writeRepeatingByte(0xBE, count: 2000)
        var bytes = ByteBuffer()
        bytes.writeFrame(.headers, flags: 5, stream: 1, block)
        await peer.sendAsFarAsTaken(bytes)
        #expect(await peer.next(.goAway) != nil)
      }
    }
  }

  /// CVE-2019-9515.
  @Test func `settings without end are not obeyed`() async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        for number in 0 ..< UInt32(2000) {
          var setting = ByteBuffer(integer: 4 as UInt16)
          setting.writeInteger(65_535 + number)
          bytes.writeFrame(.settings, setting)
        }
        await peer.sendAsFarAsTaken(bytes)
        let end = await peer.next(.goAway)
        #expect(end?.error == ErrorCode.enhanceYourCalm)
      }
    }
  }

  /// CVE-2019-9512, and gRPC's keepalive (gRFC A8).
  @Test func `pings for nothing end the connection`() async throws {
    try await withServer { _, endpoint, _ in
      for count in [4, 5000] {
        try await attack(endpoint) { peer in
          var bytes = ByteBuffer()
          for number in 0 ..< UInt64(count) {
            bytes.writeFrame(.ping, ByteBuffer(integer: number))
          }
          await peer.sendAsFarAsTaken(bytes)
          let end = await peer.next(.goAway)
          #expect(end?.error == ErrorCode.enhanceYourCalm)
          #expect(end?.debugText == "too_many_pings")
        }
      }
    }
  }

  @Test func `pings are answered while messages come`() async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Echo", stream: 1, request: nil)
        try await peer.send(bytes)
        for number in 0 ..< UInt32(500) {
          bytes.clear()
          bytes.writeFrame(.data, stream: 1, GRPCPeer.frame(Note("a", number).bytes))
          try await peer.send(bytes)
          #expect(await peer.next(.data) != nil)
          bytes.clear()
          bytes.writeFrame(.ping, ByteBuffer(integer: UInt64(number)))
          try await peer.send(bytes)
          let answer = await peer.next(.ping, .goAway)
          try #require(answer?.isOf(.ping) == true)
        }
      }
    }
  }

  /// CVE-2019-9518.
  @Test func `empty messages of a stream without end end the connection`() async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        bytes.writeCall("/test.Notes/Echo", stream: 1, request: nil)
        for _ in 0 ..< 5000 { bytes.writeFrame(.data, stream: 1) }
        await peer.sendAsFarAsTaken(bytes)
        let end = await peer.next(.goAway)
        #expect(end?.error == ErrorCode.enhanceYourCalm)
      }
    }
  }

  /// CVE-2019-9513, and frames that this protocol has no use for.
  @Test(arguments: [2, 10, 200] as [UInt8])
  func `frames that change nothing hurt nobody`(kind: UInt8) async throws {
    try await withServer { _, endpoint, _ in
      try await attack(endpoint) { peer in
        var bytes = ByteBuffer()
        for stream in 0 ..< UInt32(5000) {
          bytes.writeBytes([0, 0, 5, kind, 0])
          bytes.writeInteger(2 * (stream % 500) + 1)
          bytes.writeBytes([0, 0, 0, 0, 1])
        }
        await peer.sendAsFarAsTaken(bytes)
        bytes.clear()
        bytes.writeCall("/test.Notes/Say", stream: 1, request: Note("a", 99).bytes)
        await peer.sendAsFarAsTaken(bytes)
        #expect(await peer.next(.data, .goAway) != nil)
      }
    }
  }
}
