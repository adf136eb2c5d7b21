import NIOCore

/// Ids that wrap, go back, are even, reserved, or active.
struct OddStreamIDs: Attack {
  let name = "odd stream ids"

  func attack(_ target: Target) async throws {
    try await target.withConnection { connection in
      var frames = ByteBuffer()
      for stream: UInt32 in [0, 2, .max - 2, .max, 1, 3, .max - 1] {
        frames.writeGenerate(stream: stream)
        frames.writeFrame(.data, stream: stream)
        frames.writeFrame(.response, stream: stream)
      }
      // Again while it is active: the server ends the connection.
      frames.writeGenerate(stream: .max - 2)
      frames.writeRepeatingByte(0, count: 5)
      try await connection.send(frames)
      try await connection.waitForEnd(atMost: 5)
    }
  }
}
