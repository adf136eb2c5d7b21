import Foundation
import Identifiers
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct AppendTests {
  @Test func `an entry is stored with a time and an id of its own`() async throws {
    let clock = TestClock(microseconds: 1_700_000_000_123_456)
    try await withLog(.init(clock: clock.now)) { log, path in
      let entry = try await log.append(.sample(key: "k"))
      #expect(entry.timestamp == Timestamp(microseconds: 1_700_000_000_123_456))
      #expect(entry.id.milliseconds == 1_700_000_000_123)
      #expect(entry.userID == "ada")
      #expect(
        entry.content
          == .text(prompt: "Why is the sky blue?", response: "Because of Rayleigh scattering.")
      )
      #expect(entry.promptBytes == 20 && entry.responseBytes == 31)
      #expect(entry.model == "smol" && entry.generationID == "g1")
      #expect(entry.metadata == ["client": "test"])
      #expect(entry.idempotencyKey == "k")
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 1)
    }
  }

  @Test func `entries of one time follow one another, in their times and ids`() async throws {
    let clock = TestClock()
    try await withLog(.init(clock: clock.now)) { log, _ in
      var entries: [StoredEntry] = []
      for _ in 0 ..< 5 { entries.append(try await log.append(.sample())) }
      // A clock that was set back.
      clock.set(microseconds: 5)
      entries.append(try await log.append(.sample()))
      #expect(entries.map(\.timestamp) == entries.map(\.timestamp).sorted())
      #expect(entries.map(\.id) == entries.map(\.id).sorted())
      #expect(Set(entries.map(\.id)).count == 6)
      #expect(entries[5].timestamp.microseconds == entries[0].timestamp.microseconds + 5)
    }
  }

  @Test func `time goes on after a restart, whatever the clock says`() async throws {
    try await withTemporaryFile { path in
      let first = try await withLog(at: path) { try await $0.append(.sample()) }
      let clock = TestClock(microseconds: 1)
      let second = try await withLog(at: path, .init(clock: clock.now)) {
        try await $0.append(.sample())
      }
      #expect(second.timestamp.microseconds == first.timestamp.microseconds + 1)
      #expect(second.id > first.id)
    }
  }

  @Test func `whoever waits while a commit runs shares the next one`() async throws {
    let clock = TestClock()
    try await withLog(.init(clock: clock.now)) { log, path in
      clock.hold()
      try await withThrowingTaskGroup(of: ULID.self) { group in
        group.addTask { try await log.append(.sample("first")).id }
        await waitUntil { clock.isRead }
        for number in 1 ..< 300 {
          group.addTask { try await log.append(.sample("question \(number)")).id }
        }
        await waitUntil { log.queue.count == 299 }
        clock.release()
        var ids: Set<ULID> = []
        for try await id in group { ids.insert(id) }
        #expect(ids.count == 300)
      }
      #expect(log.news.count == 2)
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 300)
    }
  }

  @Test func `a commit is bounded`() async throws {
    let clock = TestClock()
    try await withLog(.init(commitEntries: 10, clock: clock.now)) { log, path in
      clock.hold()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { _ = try await log.append(.sample()) }
        await waitUntil { clock.isRead }
        for _ in 0 ..< 99 { group.addTask { _ = try await log.append(.sample()) } }
        await waitUntil { log.queue.count == 99 }
        clock.release()
        try await group.waitForAll()
      }
      // That of the first entry, and ten for those that waited.
      #expect(log.news.count == 11)
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 100)
    }
  }

  @Test func `the same key of the same user is one entry, also after a restart`() async throws {
    try await withTemporaryFile { path in
      let first = try await withLog(at: path) { log in
        let first = try await log.append(.sample(key: "k"))
        #expect(try await log.append(.sample(key: "k")) == first)
        #expect(try await log.append(.sample(user: "bob", key: "k")) != first)
        return first
      }
      try await withLog(at: path) { log in
        let again = try await log.append(.sample(key: "k"))
        #expect(again == first)
        let error = await #expect(throws: LogError.self) {
          try await log.append(.sample("Other", key: "k"))
        }
        #expect(error?.code == .alreadyExists)
        #expect(error?.message == "idempotency_key was used for another entry")
      }
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 2)
    }
  }

  @Test func `texts of one look and other bytes are not the same`() async throws {
    try await withLog { log, _ in
      _ = try await log.append(.sample("caf\u{E9}", key: "k"))
      let error = await #expect(throws: LogError.self) {
        try await log.append(.sample("cafe\u{301}", key: "k"))
      }
      #expect(error?.code == .alreadyExists)
    }
  }

  @Test func `many callers with one key get one entry`() async throws {
    try await withLog { log, path in
      try await withThrowingTaskGroup(of: ULID.self) { group in
        for _ in 0 ..< 50 { group.addTask { try await log.append(.sample(key: "k")).id } }
        var ids: Set<ULID> = []
        for try await id in group { ids.insert(id) }
        #expect(ids.count == 1)
      }
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 1)
    }
  }

  @Test func `a cancelled caller takes back what is in no commit yet`() async throws {
    let clock = TestClock()
    try await withLog(.init(clock: clock.now)) { log, path in
      clock.hold()
      let first = Task { try await log.append(.sample("first")) }
      // The writer waits for the clock in the commit of the first entry.
      await waitUntil { clock.isRead }
      let second = Task { try await log.append(.sample("second")) }
      await waitUntil { log.queue.count == 1 }
      second.cancel()
      await waitUntil { log.queue.count == 0 }
      // Too late: it stays, and is answered.
      first.cancel()
      clock.release()
      let stored = try await first.value
      #expect(stored.promptBytes == 5)
      let error = await #expect(throws: LogError.self) { try await second.value }
      #expect(error?.code == .cancelled)
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 1)
    }
  }

  @Test func `texts may hold anything`() async throws {
    try await withLog { log, path in
      let prompt = "a\u{0}b'\"; DROP TABLE entries; 🎌\r\n"
      let entry = try await log.append(.sample(prompt))
      #expect(entry.promptBytes == prompt.utf8.count)
      #expect(
        try integer("SELECT length(CAST(prompt AS BLOB)) FROM entries", in: path)
          == Int64(prompt.utf8.count)
      )
    }
  }

  @Test func `a closed log takes no more`() async throws {
    try await withTemporaryFile { path in
      let log = try await SQLiteLogStore.open(path: path, logger: .silent)
      await log.close()
      let error = await #expect(throws: LogError.self) { try await log.append(.sample()) }
      #expect(error?.code == .unavailable)
      await log.close()
    }
  }
}
