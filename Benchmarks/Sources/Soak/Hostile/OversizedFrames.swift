import NIOCore

/// Frames over the limit, and frames that are as long as their type never is.
struct OversizedFrames: Attack {
  let name = "oversized frames"

  func attack(_ target: Target) async throws {
    try await target.withConnection { connection in
      var frames = ByteBuffer()
      frames.writeAgreement(window: 262_144)
      frames.writeGenerate(stream: 3)
      for stream: UInt32 in [3, 5, .max] {
        frames.writeFrame(.data, stream: stream, length: 4_194_305)
        frames.writeRepeatingByte(0xFF, count: 4_194_305)
      }
      // Two million empty fields in one message.
      var envelope = ByteBuffer()
      for _ in 0 ..< 2_000_000 { envelope.writeInteger(UInt16(0x2A00)) }
      frames.writeFrame(.request, stream: 7, envelope)
      try await connection.send(frames)
      var last = ByteBuffer()
      last.writeFrame(.settings, ByteBuffer(repeating: 0, count: 1_000_001))
      try await connection.send(last)
      try await connection.waitForEnd(atMost: 5)
    }
  }
}
