import NIOCore

/// Credit that shrinks, overflows, is nobody's, or comes byte by byte.
struct OddWindows: Attack {
  let name = "odd windows"

  func attack(_ target: Target) async throws {
    try await target.withConnection { connection in
      var frames = ByteBuffer()
      frames.writeAgreement(window: 0)
      for stream in stride(from: UInt32(3), to: 100, by: 2) { frames.writeGenerate(stream: stream) }
      try await connection.send(frames)
      for step in 0 ..< 200 {
        var frames = ByteBuffer()
        for stream in UInt32(0) ..< 100 {
          frames.writeWindow(stream: stream, maxOffset: UInt64(step))
          frames.writeWindow(stream: stream, maxOffset: 0)
        }
        frames.writeWindow(stream: .max, maxOffset: .max)
        try await connection.send(frames)
        try await Task.sleep(for: .milliseconds(5))
      }
      var last = ByteBuffer()
      last.writeWindow(stream: 3, maxOffset: .max)
      last.writeWindow(stream: 3, maxOffset: 1)
      try await connection.send(last)
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
