import Foundation
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct FailureTests {
  @Test func `a commit that does not fit fails for all of its callers, and stores nothing`()
    async throws
  {
    let clock = TestClock()
    let configuration = SQLiteLogStore.Configuration(maximumFileBytes: 400 << 10, clock: clock.now)
    try await withLog(configuration) { log, path in
      clock.hold()
      let first = Task { try await log.append(.sample("first")) }
      await waitUntil { clock.isRead }
      let others = (0 ..< 10).map { number in
        let size = number == 5 ? 1 << 20 : 10
        return Task { try await log.append(.sample(String(repeating: "x", count: size))) }
      }
      await waitUntil { log.queue.count == 10 }
      clock.release()
      _ = try await first.value
      for other in others {
        let error = await #expect(throws: LogError.self) { try await other.value }
        #expect(error?.code == .diskFull)
        #expect(error?.message == "The log's disk is full; nothing was stored")
      }
      // That of the first entry, and the one that failed.
      #expect(log.news.count == 2)
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 1)
      // What fits is stored.
      _ = try await log.append(.sample())
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 2)
    }
  }

  @Test func `a lock of another program fails commits until it is given up`() async throws {
    try await withLog(.init(busyTimeout: .zero)) { log, path in
      let other = try Connection(path: path)
      try other.execute("BEGIN IMMEDIATE")
      let error = await #expect(throws: LogError.self) { try await log.append(.sample()) }
      #expect(error?.code == .unavailable)
      #expect((error?.cause as? SQLiteError)?.code == .busy)
      try other.execute("ROLLBACK")
      _ = try await log.append(.sample())
    }
  }

  @Test func `a second writer is refused until the first has closed`() async throws {
    try await withLog { log, path in
      let error = await #expect(throws: LogError.self) {
        try await SQLiteLogStore.open(path: path, logger: .silent)
      }
      #expect(error?.code == .locked)
      #expect(error?.message == "Another process writes to this log; only one may")
      await log.close()
      try await withLog(at: path) { _ = try await $0.append(.sample()) }
    }
  }

  @Test func `who does not get the right to write closes no file but its own`() async throws {
    try await withLog { _, path in
      await withTaskGroup { group in
        group.addTask {
          for _ in 0 ..< 20_000 {
            #expect(throws: LogError.self) { try WriterLock(path: path + ".lock") }
          }
        }
        group.addTask {
          for _ in 0 ..< 20_000 {
            let file = open("/dev/null", O_RDONLY)
            #expect(close(file) == 0)
          }
        }
      }
    }
  }

  @Test func `a file that is no log is refused without its path`() async throws {
    try await withTemporaryFile { path in
      try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: path))
      let error = await #expect(throws: LogError.self) {
        try await SQLiteLogStore.open(path: path, logger: .silent)
      }
      #expect(error?.code == .unavailable)
      #expect(error?.message == "The log cannot be opened")
    }
  }

  @Test func `a folder that is not there is refused`() async throws {
    try await withTemporaryFile { path in
      let error = await #expect(throws: LogError.self) {
        try await SQLiteLogStore.open(path: path + "/log", logger: .silent)
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test(.enabled("root may write every file") { geteuid() != 0 })
  func `a file that is read-only is refused`() async throws {
    try await withTemporaryFile { path in
      try await withLog(at: path) { _ = try await $0.append(.sample()) }
      try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
      let error = await #expect(throws: LogError.self) {
        try await SQLiteLogStore.open(path: path, logger: .silent)
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test func `all files are for their owner alone`() async throws {
    try await withLog { log, path in
      _ = try await log.append(.sample())
      for file in [path, path + "-wal", path + "-shm", path + ".lock"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      }
    }
  }
}
