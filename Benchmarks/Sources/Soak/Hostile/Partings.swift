import NIOCore

/// Clients that go away in the middle of everything: half-closed, or with a RST within a frame.
struct Partings: Attack {
  let name = "partings"

  func attack(_ target: Target) async throws {
    for isReset in [true, false] {
      let connection = try await target.connect()
      var frames = ByteBuffer()
      for stream in stride(from: UInt32(1), to: 100, by: 2) { frames.writeGenerate(stream: stream) }
      frames.writeFrame(.request, stream: 101, length: 1_000_000)
      frames.writeRepeatingByte(0x0A, count: 500_000)
      try await connection.send(frames)
      if isReset {
        try await connection.reset()
      } else {
        try await connection.halfClose()
        try await connection.waitForEnd(atMost: 5)
      }
    }
  }
}
