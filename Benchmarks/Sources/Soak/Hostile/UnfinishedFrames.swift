import NIOCore

/// Clients that send frames as long as may be, but for the last byte.
struct UnfinishedFrames: Attack {
  let name = "unfinished frames"

  func attack(_ target: Target) async throws {
    await withTaskGroup { group in
      for _ in 0 ..< 40 {
        group.addTask {
          try? await target.withConnection { connection in
            var frames = ByteBuffer()
            frames.writeGenerate(stream: 1, tokens: 1)
            frames.writeFrame(.request, stream: 3, length: 4_194_304)
            frames.writeRepeatingByte(0x0A, count: 4_194_303)
            try await connection.send(frames)
            try await connection.waitForEnd(atMost: 1)
          }
        }
      }
    }
  }
}
