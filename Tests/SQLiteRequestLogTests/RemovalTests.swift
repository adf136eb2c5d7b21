import Foundation
import Identifiers
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct RemovalTests {
  @Test func `entries that are too old are removed`() async throws {
    let clock = TestClock(microseconds: 0)
    try await withLog(.init(clock: clock.now)) { log, path in
      try await log.fill(count: 150)
      try await log.index()
      try await log.fill(count: 100)
      clock.set(microseconds: 10_000_000)
      let kept = try await log.append(.sample("kept"))
      let size = try await log.stats().total
      let removal = try await log.prune(Retention(maximumAge: .seconds(9)))
      #expect(removal.entries == 250)
      #expect(removal.bytes == size.bytes - 4 - 31 - 3 - 4 - 2 - 10)
      #expect(try await log.entries(LogQuery()) == [kept])
      #expect(try await log.entries(LogQuery(search: "question")).isEmpty)
      #expect(try await log.prune(Retention(maximumAge: .seconds(9))) == .none)
      try checkIndex(on: Connection(path: path))
    }
  }

  @Test func `a log that was full takes entries again after old ones were removed`() async throws {
    try await withLog(.init(maximumFileBytes: 1 << 20)) { log, path in
      let long = String(repeating: "word ", count: 4000)
      var count = 0
      let error = await #expect(throws: LogError.self) {
        while true {
          _ = try await log.append(.sample(long))
          count += 1
        }
      }
      #expect(error?.code == .diskFull)
      #expect(try await log.stats().total.entries == count)
      _ = try await log.prune(Retention(maximumBytes: 800_000))
      _ = try await log.append(.sample(long))
      let connection = try Connection(path: path)
      #expect(try text("PRAGMA integrity_check", on: connection) == "ok")
    }
  }

  @Test func `nothing is left of a user who was erased`() async throws {
    try await withLog { log, path in
      // Of all sizes, so that pages are split and joined, and among those of others.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0 ..< 1500 {
          let isErased = number % 3 == 0
          var entry = NewEntry.sample(
            user: isErased ? "erased-\(number % 2)" : "kept-\(number % 7)"
          )
          let word = isErased ? "topsecret" : "harmless"
          entry.prompt = String(repeating: "\(word)\(number) ", count: number % 97 + 1)
          entry.response = "\(word)response"
          entry.model = "\(word)model"
          entry.generationID = "\(word)generation\(number)"
          entry.metadata = ["\(word)key": "\(word)value"]
          entry.idempotencyKey = "\(word)idempotency\(number)"
          let appended = entry
          group.addTask { _ = try await log.append(appended) }
          if number % 500 == 0 { group.addTask { try await log.index() } }
        }
        try await group.waitForAll()
      }
      #expect(try occurrences(of: "topsecret", in: path) > 0)
      let shares = try await log.stats().users
      // Others go on writing meanwhile.
      async let writing: Void = log.fill(count: 300, user: "kept-0")
      for user: Identifier in ["erased-0", "erased-1"] {
        let removal = try await log.erase(user: user)
        #expect(removal.entries == shares[user]?.entries)
        #expect(removal.bytes == shares[user]?.bytes)
      }
      try await writing
      #expect(try occurrences(of: "topsecret", in: path) == 0)
      #expect(try occurrences(of: "erased-", in: path) == 0)
      #expect(try await log.stats().total.entries == 1300)
      #expect(try await log.entries(LogQuery(search: "harmless*")).count == 1000)
      let connection = try Connection(path: path)
      #expect(try text("PRAGMA integrity_check", on: connection) == "ok")
      try checkIndex(on: connection)
    }
  }

  @Test func `a user who is not there is erased, too`() async throws {
    try await withLog { log, _ in
      #expect(try await log.erase(user: "eve") == .none)
      _ = try await log.append(.sample())
      #expect(try await log.erase(user: "eve") == .none)
      #expect(try await log.erase(user: "ada").entries == 1)
      _ = try await log.append(.sample())
    }
  }

  @Test func `an erasure fails while another program reads what was erased`() async throws {
    try await withLog(.init(busyTimeout: .zero)) { log, path in
      _ = try await log.append(.sample("topsecret"))
      let reader = try Connection(path: path, access: .readOnly)
      try reader.execute("BEGIN; SELECT * FROM entries")
      let error = await #expect(throws: LogError.self) { try await log.erase(user: "ada") }
      #expect(error?.code == .unavailable)
      try reader.execute("COMMIT")
      #expect(try await log.erase(user: "ada") == .none)
      #expect(try occurrences(of: "topsecret", in: path) == 0)
    }
  }
}

/// How often a text is in the database file and its write-ahead log.
private func occurrences(of text: String, in path: String) throws -> Int {
  var count = 0
  for file in [path, path + "-wal"] {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    var start = data.startIndex
    while let range = data.range(of: Data(text.utf8), in: start ..< data.endIndex) {
      count += 1
      start = range.upperBound
    }
  }
  return count
}
