import Identifiers
import RequestLog
import Testing

/// What every store promises of erasures and retention.
@Suite struct RemovalPromises {
  @Test(arguments: StoreKind.allCases)
  func `entries that are too old are removed`(kind: StoreKind) async throws {
    let clock = TestClock(microseconds: 0)
    try await kind.withStore(StoreSettings(clock: clock.now)) { store in
      try await store.fill(count: 250)
      clock.set(microseconds: 10_000_000)
      let kept = try await store.append(.sample("kept"))
      let size = try await store.stats(of: nil).total
      let removal = try await store.prune(Retention(maximumAge: .seconds(9)))
      #expect(removal.entries == 250)
      #expect(removal.bytes == size.bytes - 4 - 31 - 3 - 4 - 2 - 10)
      #expect(try await store.entries() == [kept])
      #expect(try await store.entries(LogQuery(search: "question")).isEmpty)
      #expect(try await store.prune(Retention(maximumAge: .seconds(9))) == .none)
      #expect(await !store.exceeds(Retention(maximumAge: .seconds(9))))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `the oldest entries go when the log is too large`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      let long = String(repeating: "word ", count: 4000)
      var all: [StoredEntry] = []
      for _ in 0 ..< 100 { all.append(try await store.append(.sample(long))) }
      let retention = Retention(maximumBytes: 1 << 20)
      #expect(await store.exceeds(retention))
      let removal = try await store.prune(retention)
      #expect(removal.entries > 0)
      #expect(await !store.exceeds(retention))
      let rest = try await store.entries(LogQuery(order: .oldestFirst))
      #expect(!rest.isEmpty)
      #expect(rest == Array(all[removal.entries...]))
      #expect(try await store.stats(of: nil).total.entries == rest.count)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `nothing is found of a user who was erased, while others write`(
    kind: StoreKind
  ) async throws {
    try await kind.withStore { store in
      for number in 0 ..< 30 {
        let isErased = number % 3 == 0
        var entry = NewEntry.sample(
          String(repeating: isErased ? "topsecret " : "harmless ", count: number + 1),
          user: isErased ? "erased" : "kept"
        )
        entry.idempotencyKey = "k\(number)"
        entry.sessionID = "s"
        _ = try await store.append(entry)
      }
      let share = try await store.stats(of: nil).users["erased"]
      async let writing: Void = store.fill(count: 100, user: "other")
      let removal = try await store.erase(user: "erased")
      try await writing
      #expect(removal.entries == 10)
      #expect(removal.bytes == share?.bytes)
      #expect(try await store.entries(LogQuery(userID: "erased")).isEmpty)
      #expect(try await store.entries(LogQuery(search: "topsecret")).isEmpty)
      #expect(try await store.entries(LogQuery(search: "harmless")).count == 20)
      #expect(try await store.stats(of: nil).total.entries == 120)
      #expect(try await store.stats(of: "erased").total == .none)
      // The key is free again, and the log's time has gone on.
      let last = try await store.append(.sample(user: "erased", key: "k0"))
      #expect(try await store.entries(LogQuery(limit: 1)) == [last])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a user who is not there is erased, too`(kind: StoreKind) async throws {
    try await kind.withStore { store in
      #expect(try await store.erase(user: "eve") == .none)
      _ = try await store.append(.sample())
      #expect(try await store.erase(user: "eve") == .none)
      #expect(try await store.erase(user: "ada").entries == 1)
      _ = try await store.append(.sample())
    }
  }
}
