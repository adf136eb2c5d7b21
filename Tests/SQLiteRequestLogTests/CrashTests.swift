import Foundation
import Testing

/// Kills writers at random moments. `make crash-test` does it hundreds of times.
@Suite struct CrashTests {
  static let kills =
    ProcessInfo.processInfo.environment["TOKENWIRE_CRASH_KILLS"].flatMap { Int($0) } ?? 30

  @Test func `what was acknowledged is there once, whenever the writer is killed`() async throws {
    try await self.crash(kills: Self.kills)
  }

  @Test func `so it is while the log is erased from and written anew`() async throws {
    try await self.crash(kills: Self.kills / 3, isMaintaining: true)
  }

  @Test func `so it is while writes to the disk fail, and entries are stored again after it`()
    async throws
  {
    try await withTemporaryFile { path in
      let faults = try await CrashingWriter.buildFaults(beside: path)
      var failures: Set<String> = []
      for round in 0 ..< max(Self.kills / 10, 1) {
        var writer = CrashingWriter(path: "\(path).\(round)")
        writer.faults = (library: faults, seed: Int.random(in: 0 ..< 1 << 30))
        // Long enough for failures, and for what comes after them.
        for _ in 0 ..< 3 { try await writer.run(killAfter: 1000) }
        try writer.check()
        failures.formUnion(writer.failures)
      }
      #expect(failures.contains("diskFull") && failures.contains("unavailable"))
      #expect(failures.subtracting(["diskFull", "unavailable"]).isEmpty)
    }
  }

  private func crash(kills: Int, isMaintaining: Bool = false) async throws {
    // Some kills to a file, so that what is checked does not grow without end.
    for start in stride(from: 0, to: max(kills, 1), by: 15) {
      try await withTemporaryFile { path in
        var writer = CrashingWriter(path: path)
        writer.isMaintaining = isMaintaining
        for _ in start ..< min(start + 15, max(kills, 1)) {
          try await writer.run(killAfter: Int.random(in: 0 ..< 200))
          // Not always: then the next writer finds the files as the last one left them.
          if Bool.random() { try writer.check() }
        }
        try writer.check()
        #expect(writer.stored.count > 0)
      }
    }
  }
}
