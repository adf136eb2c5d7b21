import NIOCore

/// Clients that ask for much and read nothing: texts, and the answers to their mistakes.
struct DeafReaders: Attack {
  let name = "deaf readers"

  func attack(_ target: Target) async throws {
    await withTaskGroup { group in
      for index in 0 ..< 20 {
        group.addTask { try? await self.ask(target, makesMistakes: index.isMultiple(of: 4)) }
      }
    }
  }

  private func ask(_ target: Target, makesMistakes: Bool) async throws {
    try await target.withConnection(reads: false) { connection in
      var frames = ByteBuffer()
      for stream in stride(from: UInt32(1), to: 100, by: 2) { frames.writeGenerate(stream: stream) }
      if makesMistakes {
        for _ in 0 ..< 10_000 { frames.writeFrame(.data, stream: 2) }
      }
      try await connection.send(frames)
      try await connection.waitForEnd(atMost: 6)
    }
  }
}
