import Identifiers
import SQLite
import Synchronization
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct QueryTests {
  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst])
  func `entries come in order, and whole`(order: LogQuery.Order) async throws {
    try await withLog { log, _ in
      var stored: [StoredEntry] = []
      for number in 0 ..< 10 {
        stored.append(try await log.append(.sample("a\u{0}\(number) 🎌", key: "\(number)")))
      }
      let read = try await log.entries(LogQuery(order: order))
      #expect(read == (order == .oldestFirst ? stored : stored.reversed()))
    }
  }

  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst])
  func `more entries than a page come once each`(order: LogQuery.Order) async throws {
    try await withLog { log, path in
      try await log.fill(count: 1000)
      let read = try await log.entries(LogQuery(order: order))
      #expect(read.count == 1000)
      let ids = read.map(\.id)
      #expect(ids == (order == .oldestFirst ? ids.sorted() : ids.sorted(by: >)))
      #expect(Set(ids).count == 1000)
      let some = try await log.entries(LogQuery(limit: 300, order: order))
      #expect(some == Array(read.prefix(300)))
      #expect(try await log.entries(LogQuery(limit: 0)).isEmpty)
    }
  }

  @Test func `users, models and times are told apart`() async throws {
    let clock = TestClock(microseconds: 1_000_000)
    try await withLog(.init(clock: clock.now)) { log, _ in
      let kinds: [(Identifier, Identifier)] = [("ada", "a"), ("bob", "a"), ("ada", "b")]
      for (second, (user, model)) in kinds.enumerated() {
        clock.set(microseconds: Int64(second) * 1_000_000)
        var entry = NewEntry.sample("\(second)", user: user)
        entry.model = model
        _ = try await log.append(entry)
      }
      func prompts(_ query: LogQuery) async throws -> [String] {
        try await log.entries(query).compactMap(\.prompt)
      }
      let second = Timestamp(microseconds: 1_000_000)
      let afterwards = Timestamp(microseconds: 1_000_001)
      #expect(try await prompts(LogQuery(userID: "ada")) == ["2", "0"])
      #expect(try await prompts(LogQuery(userID: "eve")) == [])
      #expect(try await prompts(LogQuery(model: "a")) == ["1", "0"])
      #expect(try await prompts(LogQuery(userID: "ada", model: "a")) == ["0"])
      #expect(try await prompts(LogQuery(since: second)) == ["2", "1"])
      #expect(try await prompts(LogQuery(since: afterwards)) == ["2"])
      #expect(try await prompts(LogQuery(until: second)) == ["0"])
      #expect(try await prompts(LogQuery(until: afterwards)) == ["1", "0"])
      #expect(try await prompts(LogQuery(since: afterwards, until: second)) == [])
      let extremes = LogQuery(
        since: Timestamp(microseconds: .min),
        until: Timestamp(microseconds: .max)
      )
      #expect(try await prompts(extremes) == ["2", "1", "0"])
    }
  }

  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst])
  func `the entries of a session are found, with all else that a query asks for`(
    order: LogQuery.Order
  ) async throws {
    try await withLog { log, path in
      for number in 0 ..< 600 {
        var entry = NewEntry.sample("\(number)", user: number % 2 == 0 ? "ada" : "bob")
        entry.sessionID = number % 3 == 0 ? "s" : number % 3 == 1 ? "t" : ""
        _ = try await log.append(entry)
      }
      let numbers = (0 ..< 600).filter { $0 % 3 == 0 }.map { "\($0)" }
      let all = order == .oldestFirst ? numbers : numbers.reversed()
      let found = try await log.entries(LogQuery(sessionID: "s", order: order))
      #expect(found.compactMap(\.prompt) == all)
      #expect(found.allSatisfy { $0.sessionID == "s" })
      let ada = try await log.entries(LogQuery(userID: "ada", sessionID: "s", order: order))
      #expect(ada.compactMap(\.prompt) == all.filter { Int($0).map { $0 % 2 == 0 } == true })
      let words = LogQuery(userID: "ada", model: "smol", sessionID: "s", search: "6", order: order)
      #expect(try await log.entries(words).compactMap(\.prompt) == ["6"])
      let plan = try Connection(path: path, access: .readOnly).prepare(
        "EXPLAIN QUERY PLAN SELECT * FROM entries WHERE user_id = 'ada' AND session_id = 's' "
          + "AND position >= 0 ORDER BY position"
      )
      #expect(try plan.step())
      #expect(plan.text(at: 3)?.contains("entries_by_session") == true)
    }
  }

  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst])
  func `a cursor goes on where it was, while entries come and go`(
    order: LogQuery.Order
  ) async throws {
    try await withLog { log, path in
      try await log.fill(count: 20)
      let all = try await log.entries(LogQuery(order: order)).map(\.id)
      let first = try await log.entries(LogQuery(limit: 7, order: order)).map(\.id)
      try await log.fill(count: 5)
      let second = try await log.entries(LogQuery(limit: 7, after: first[6], order: order))
        .map(\.id)
      #expect(first + second == Array(all.prefix(14)))
      let other = try Connection(path: path)
      try other.addWordTokenizer()
      try other.execute("DELETE FROM entries WHERE id = '\(second[6])'")
      let third = try await log.entries(LogQuery(limit: 6, after: second[6], order: order))
        .map(\.id)
      #expect(first + second + third == all)
    }
  }

  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst])
  func `a cursor before or after all entries is at the beginning or the end`(
    order: LogQuery.Order
  ) async throws {
    try await withLog { log, _ in
      try await log.fill(count: 3)
      for id in [ULID(milliseconds: 0), ULID(milliseconds: 1 << 42), ULID(value: .max)] {
        let isBefore = (id.milliseconds == 0) == (order == .oldestFirst)
        let read = try await log.entries(LogQuery(after: id, order: order))
        #expect(read.count == (isBefore ? 3 : 0))
      }
    }
  }

  @Test func `a query that cannot be answered is named`() async throws {
    try await withLog { log, _ in
      for (query, message) in [
        (
          LogQuery(order: .newestFirst, follows: true),
          "order must be oldest first to follow the log"
        ),
        (LogQuery(limit: -1), "limit may not be negative. Given: -1"),
        (LogQuery(search: " \" "), "search has no word in it: punctuation alone is not found"),
        (
          LogQuery(search: String(repeating: "a", count: 1025)),
          "search may have at most 1024 bytes. Given: 1025"
        ),
      ] {
        let error = #expect(throws: LogError.self) { try log.query(query) }
        #expect(error?.code == .invalid)
        #expect(error?.message == message)
      }
      _ = try await log.append(.sample())
    }
  }

  @Test func `a reader that stops keeps no state of the file`() async throws {
    try await withLog { log, path in
      try await log.fill(count: 600)
      var entries = try log.query(LogQuery()).makeAsyncIterator()
      _ = try await entries.next()
      let other = try Connection(path: path)
      // Refused while someone reads.
      #expect(try integer("PRAGMA wal_checkpoint(TRUNCATE)", on: other) == 0)
      _ = try await entries.next()
    }
  }

  @Test func `queries run beside a commit that is held up`() async throws {
    let clock = TestClock()
    try await withLog(.init(clock: clock.now)) { log, _ in
      _ = try await log.append(.sample("first"))
      clock.hold()
      let second = Task { try await log.append(.sample("second")) }
      await waitUntil { clock.isRead }
      #expect(try await log.entries(LogQuery()).count == 1)
      clock.release()
      _ = try await second.value
      #expect(try await log.entries(LogQuery()).count == 2)
    }
  }

  @Test func `a follower gets what is there and what comes, until the log closes`() async throws {
    try await withLog { log, _ in
      try await log.fill(count: 300)
      let follower = Task {
        try await log.entries(LogQuery(userID: "ada", order: .oldestFirst, follows: true))
      }
      await waitUntil { log.news.waiterCount == 1 }
      _ = try await log.append(.sample("someone else's", user: "bob"))
      let last = try await log.append(.sample("last"))
      await waitUntil { log.news.waiterCount == 1 }
      await log.close()
      let read = try await follower.value
      #expect(read.count == 301)
      #expect(read.last == last)
    }
  }

  @Test func `a follower that is cancelled, or has its limit, ends`() async throws {
    try await withLog { log, _ in
      try await log.fill(count: 3)
      let query = LogQuery(limit: 4, order: .oldestFirst, follows: true)
      let cancelled = Task { try await log.entries(query) }
      let limited = Task { try await log.entries(query) }
      await waitUntil { log.news.waiterCount == 2 }
      cancelled.cancel()
      #expect(try await cancelled.value.count == 3)
      _ = try await log.append(.sample())
      #expect(try await limited.value.count == 4)
      #expect(log.news.waiterCount == 0)
    }
  }

  @Test func `following ends when the log is told so, and all else goes on`() async throws {
    try await withLog { log, _ in
      let query = LogQuery(order: .oldestFirst, follows: true)
      let follower = Task { try await log.entries(query) }
      await waitUntil { log.news.waiterCount == 1 }
      log.endFollowing()
      #expect(try await follower.value.isEmpty)
      _ = try await log.append(.sample())
      #expect(try await log.entries(query).count == 1)
    }
  }

  @Test func `a follower finds what matches among much that does not`() async throws {
    try await withLog { log, _ in
      try await log.fill(count: 300)
      let follower = Task {
        try await log.entries(
          LogQuery(search: "needle", limit: 2, order: .oldestFirst, follows: true)
        )
      }
      var needles: [StoredEntry] = []
      for _ in 0 ..< 2 {
        await waitUntil { log.news.waiterCount == 1 }
        try await log.fill(count: 300)
        needles.append(try await log.append(.sample("a needle")))
      }
      #expect(try await follower.value == needles)
    }
  }

  @Test func `statistics are by user and by day`() async throws {
    let day: Int64 = 86_400_000_000
    let clock = TestClock(microseconds: day - 1)
    try await withLog(.init(clock: clock.now)) { log, _ in
      func append(_ user: Identifier) async throws {
        _ = try await log.append(NewEntry(userID: user, prompt: "12345", response: "1234"))
      }
      try await append("a")
      clock.set(microseconds: day)
      try await append("a")
      try await append("b")
      let all = try await log.stats()
      #expect(all.total == .init(entries: 3, bytes: 30))
      #expect(all.users == ["a": .init(entries: 2, bytes: 20), "b": .init(entries: 1, bytes: 10)])
      #expect(
        all.days == [
          Timestamp(microseconds: 0): .init(entries: 1, bytes: 10),
          Timestamp(microseconds: day): .init(entries: 2, bytes: 20),
        ]
      )
      #expect(all.storageBytes > 0)
      let one = try await log.stats(of: "b")
      #expect(one.total == .init(entries: 1, bytes: 10))
      #expect(one.users.count == 1 && one.days.count == 1)
    }
  }
}
