import Identifiers
import RequestLog
import Testing

/// What every store promises of queries.
@Suite struct QueryPromises {
  @Test(arguments: StoreKind.allCases, [LogQuery.Order.newestFirst, .oldestFirst])
  func `more entries than a page come once each, in order and whole`(
    kind: StoreKind,
    order: LogQuery.Order
  ) async throws {
    try await kind.withStore { store in
      try await store.fill(count: 1000)
      let read = try await store.entries(LogQuery(order: order))
      #expect(read.count == 1000)
      let ids = read.map(\.id)
      #expect(ids == (order == .oldestFirst ? ids.sorted() : ids.sorted(by: >)))
      #expect(Set(ids).count == 1000)
      let some = try await store.entries(LogQuery(limit: 300, order: order))
      #expect(some == Array(read.prefix(300)))
      #expect(try await store.entries(LogQuery(limit: 0)).isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases, [LogQuery.Order.newestFirst, .oldestFirst])
  func `large entries come in pages of few`(
    kind: StoreKind,
    order: LogQuery.Order
  ) async throws {
    try await kind.withStore { store in
      for number in 0 ..< 7 {
        _ = try await store.append(.sample("\(number)" + String(repeating: " word", count: 90_000)))
      }
      let numbers = try await store.prompts(LogQuery(order: order)).map { String($0.prefix(1)) }
      let all = (0 ..< 7).map(String.init)
      #expect(numbers == (order == .oldestFirst ? all : all.reversed()))
      let found = try await store.prompts(LogQuery(search: "word", order: order))
      #expect(found.map { String($0.prefix(1)) } == numbers)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `users, models and times are told apart`(kind: StoreKind) async throws {
    let clock = TestClock(microseconds: 1_000_000)
    try await kind.withStore(StoreSettings(clock: clock.now)) { store in
      let kinds: [(Identifier, Identifier)] = [("ada", "a"), ("bob", "a"), ("ada", "b")]
      for (second, (user, model)) in kinds.enumerated() {
        clock.set(microseconds: Int64(second) * 1_000_000)
        var entry = NewEntry.sample("\(second)", user: user)
        entry.model = model
        _ = try await store.append(entry)
      }
      let second = Timestamp(microseconds: 1_000_000)
      let afterwards = Timestamp(microseconds: 1_000_001)
      for (query, prompts) in [
        (LogQuery(userID: "ada"), ["2", "0"]),
        (LogQuery(userID: "eve"), []),
        (LogQuery(model: "a"), ["1", "0"]),
        (LogQuery(userID: "ada", model: "a"), ["0"]),
        (LogQuery(since: second), ["2", "1"]),
        (LogQuery(since: afterwards), ["2"]),
        (LogQuery(until: second), ["0"]),
        (LogQuery(until: afterwards), ["1", "0"]),
        (LogQuery(since: afterwards, until: second), []),
        (
          LogQuery(
            since: Timestamp(microseconds: .min),
            until: Timestamp(microseconds: .max)
          ), ["2", "1", "0"]
        ),
      ] {
        #expect(try await store.prompts(query) == prompts, "\(query)")
      }
    }
  }

  @Test(arguments: StoreKind.allCases, [LogQuery.Order.newestFirst, .oldestFirst])
  func `the entries of a session are found, with all else that a query asks for`(
    kind: StoreKind,
    order: LogQuery.Order
  ) async throws {
    try await kind.withStore { store in
      for number in 0 ..< 300 {
        var entry = NewEntry.sample("\(number)", user: number % 2 == 0 ? "ada" : "bob")
        entry.sessionID = number % 3 == 0 ? "s" : number % 3 == 1 ? "t" : ""
        _ = try await store.append(entry)
      }
      let numbers = (0 ..< 300).filter { $0 % 3 == 0 }.map { "\($0)" }
      let all = order == .oldestFirst ? numbers : numbers.reversed()
      #expect(try await store.prompts(LogQuery(sessionID: "s", order: order)) == all)
      let ada = try await store.prompts(LogQuery(userID: "ada", sessionID: "s", order: order))
      #expect(ada == all.filter { Int($0).map { $0 % 2 == 0 } == true })
      let words = LogQuery(userID: "ada", model: "smol", sessionID: "s", search: "6", order: order)
      #expect(try await store.prompts(words) == ["6"])
    }
  }

  @Test(arguments: StoreKind.allCases, [LogQuery.Order.newestFirst, .oldestFirst])
  func `entries of a model are found among many of others`(
    kind: StoreKind,
    order: LogQuery.Order
  ) async throws {
    try await kind.withStore { store in
      var rare: [StoredEntry] = []
      for _ in 0 ..< 3 {
        var entry = NewEntry.sample("rare")
        entry.model = "rare"
        rare.append(try await store.append(entry))
        for _ in 0 ..< 2 { try await store.fill(count: kind.manyEntries) }
      }
      if order == .newestFirst { rare.reverse() }
      #expect(try await store.entries(LogQuery(model: "rare", order: order)) == rare)
      #expect(try await store.entries(LogQuery(userID: "ada", model: "rare", order: order)) == rare)
      #expect(
        try await store.entries(LogQuery(model: "rare", limit: 2, order: order))
          == Array(rare.prefix(2))
      )
      #expect(try await store.entries(LogQuery(model: "none", order: order)).isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases, [LogQuery.Order.newestFirst, .oldestFirst])
  func `a cursor goes on where it was, while entries come and go`(
    kind: StoreKind,
    order: LogQuery.Order
  ) async throws {
    try await kind.withStore { store in
      for number in 0 ..< 20 {
        _ = try await store.append(
          .sample("\(number)", user: number == 6 || number == 13 ? "bob" : "ada")
        )
      }
      let all = try await store.entries(LogQuery(order: order)).map(\.id)
      let first = try await store.entries(LogQuery(limit: 7, order: order)).map(\.id)
      try await store.fill(count: 5, user: "eve")
      let second = try await store.entries(LogQuery(limit: 7, after: first[6], order: order))
        .map(\.id)
      #expect(first + second == Array(all.prefix(14)))
      // The entries at the cursors are gone.
      #expect(try await store.erase(user: "bob").entries == 2)
      for cursor in [first[6], second[6]] {
        let index = try #require(all.firstIndex(of: cursor))
        let rest = try await store.entries(LogQuery(after: cursor, order: order)).map(\.id)
        #expect(rest.filter(all.contains) == all[(index + 1)...].filter(rest.contains))
        #expect(
          rest.first == all[index + 1] || all[index + 1] == first[6] || all[index + 1] == second[6]
        )
      }
    }
  }

  @Test(arguments: StoreKind.allCases, [LogQuery.Order.newestFirst, .oldestFirst])
  func `a cursor before or after all entries is at the beginning or the end`(
    kind: StoreKind,
    order: LogQuery.Order
  ) async throws {
    try await kind.withStore { store in
      try await store.fill(count: 3)
      for id in [ULID(milliseconds: 0), ULID(milliseconds: 1 << 42), ULID(value: .max)] {
        let isBefore = (id.milliseconds == 0) == (order == .oldestFirst)
        let read = try await store.entries(LogQuery(after: id, order: order))
        #expect(read.count == (isBefore ? 3 : 0))
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a query that cannot be answered is named`(kind: StoreKind) async throws {
    try await kind.withStore { store in
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
        let error = #expect(throws: LogError.self) { try store.query(query) }
        #expect(error?.code == .invalid)
        #expect(error?.message == message)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a follower gets what is there and what comes, until the store closes`(
    kind: StoreKind
  ) async throws {
    try await kind.withPlace { place in
      let store = try await place.open()
      try await store.fill(count: 300)
      let query = LogQuery(userID: "ada", order: .oldestFirst, follows: true)
      var follower = try store.query(query).makeAsyncIterator()
      var read: [StoredEntry] = []
      for _ in 0 ..< 300 { read.append(try #require(try await follower.next())) }
      _ = try await store.append(.sample("someone else's", user: "bob"))
      let last = try await store.append(.sample("last"))
      #expect(try await follower.next() == last)
      #expect(
        try await store.entries(LogQuery(userID: "ada", order: .oldestFirst)) == read + [last]
      )
      await store.close()
      #expect(try await follower.next() == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a follower waits for what comes, and ends when it is told or cancelled`(
    kind: StoreKind
  ) async throws {
    try await kind.withStore { store in
      let query = LogQuery(limit: 2, order: .oldestFirst, follows: true)
      let limited = Task { try await store.entries(query) }
      let cancelled = Task { try await store.entries(query) }
      let stored = try await store.append(.sample())
      cancelled.cancel()
      #expect(try await cancelled.value.count <= 1)
      let second = try await store.append(.sample())
      #expect(try await limited.value == [stored, second])
      let told = Task { try await store.entries(LogQuery(order: .oldestFirst, follows: true)) }
      store.endFollowing()
      #expect(try await told.value.count <= 2)
      _ = try await store.append(.sample())
      #expect(try await store.entries().count == 3)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a follower finds what matches among much that does not`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      try await store.fill(count: 300)
      let query = LogQuery(search: "needle", order: .oldestFirst, follows: true)
      var follower = try store.query(query).makeAsyncIterator()
      for _ in 0 ..< 2 {
        let needle = try await store.append(.sample("a needle"))
        #expect(try await follower.next() == needle)
        try await store.fill(count: 300)
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `statistics are by user and by day`(kind: StoreKind) async throws {
    let day: Int64 = 86_400_000_000
    let clock = TestClock(microseconds: day - 1)
    try await kind.withStore(StoreSettings(clock: clock.now)) { store in
      func append(_ user: Identifier) async throws {
        _ = try await store.append(NewEntry(userID: user, prompt: "12345", response: "1234"))
      }
      try await append("a")
      clock.set(microseconds: day)
      try await append("a")
      try await append("b")
      let all = try await store.stats(of: nil)
      #expect(all.total == .init(entries: 3, bytes: 30))
      #expect(all.users == ["a": .init(entries: 2, bytes: 20), "b": .init(entries: 1, bytes: 10)])
      #expect(
        all.days == [
          Timestamp(microseconds: 0): .init(entries: 1, bytes: 10),
          Timestamp(microseconds: day): .init(entries: 2, bytes: 20),
        ]
      )
      #expect(all.storageBytes > 0)
      let one = try await store.stats(of: "b")
      #expect(one.total == .init(entries: 1, bytes: 10))
      #expect(one.users.count == 1 && one.days.count == 1)
    }
  }
}
