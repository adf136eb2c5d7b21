import NIOCore

/// Bytes that mean nothing, and frames whose parts mean nothing together.
struct Rubbish: Attack {
  let name = "rubbish"

  func attack(_ target: Target) async throws {
    try await target.withConnection { connection in
      try await connection.send(Self.bytes(.random(in: 1 ... 10_000)))
      try await Task.sleep(for: .milliseconds(1))
    }
    try await target.withConnection { connection in
      var frames = ByteBuffer()
      frames.writeAgreement(window: .random(in: 0 ... .max))
      for _ in 0 ..< 500 {
        frames.writeFrame(
          FrameKind.allCases.randomElement() ?? .data,
          stream: Bool.random() ? .max : .random(in: 0 ..< 50),
          flags: .random(in: 0 ... .max),
          Self.bytes(.random(in: 0 ... 20))
        )
      }
      try await connection.send(frames)
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  private static func bytes(_ count: Int) -> ByteBuffer {
    ByteBuffer(bytes: (0 ..< count).map { _ in UInt8.random(in: 0 ... .max) })
  }
}
