import NIOCore

/// Many connections on which a Request comes byte by byte, and never to its end.
struct SlowLoris: Attack {
  let name = "slow loris"

  func attack(_ target: Target) async throws {
    await withTaskGroup { group in
      for _ in 0 ..< 100 {
        group.addTask { try? await self.trickle(target) }
      }
    }
  }

  private func trickle(_ target: Target) async throws {
    try await target.withConnection { connection in
      var bytes = ByteBuffer()
      // Every other one behind a first call, which ends the time that a first frame has.
      if Bool.random() { bytes.writeGenerate(stream: 1, tokens: 1) }
      bytes.writeFrame(.request, stream: 3, length: 4_000_000)
      bytes.writeRepeatingByte(0x0A, count: 300)
      while let byte = bytes.readSlice(length: 1) {
        try await connection.send(byte)
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }
}
