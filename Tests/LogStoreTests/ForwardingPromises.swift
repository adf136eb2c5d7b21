import Foundation
import Identifiers
import Logging
import RequestLog
import SQLiteRequestLog
import TestThreads
import Testing

/// What every store promises that takes entries which another log has acknowledged.
@Suite(.ownThread) struct ForwardingPromises {
  static let targets = StoreKind.allCases.filter { $0 != .sqlite }

  /// Runs `body` with an empty store, and another log, whose entries are forwarded.
  private func withLogs(
    _ kind: StoreKind,
    _ body: (
      _ store: any ForwardingTarget & ImportingLog, _ place: StorePlace, _ other: any ImportingLog
    ) async throws -> Void
  ) async throws {
    try await StoreKind.sqlite.withStore { other in
      try await kind.withPlace { place in
        try await place.withStore { store in
          let target = try #require(store as? any ForwardingTarget & ImportingLog)
          try await body(target, place, other)
        }
      }
    }
  }

  @Test(arguments: Self.targets)
  func `a forwarded entry is as it was acknowledged, and found by all that is in it`(
    kind: StoreKind
  ) async throws {
    try await self.withLogs(kind) { store, place, other in
      var entry = NewEntry.sample("a\u{0}\u{1}\"\\ cafe\u{301}", key: "k\u{0}")
      entry.sessionID = "s"
      entry.metadata = ["": "", "ä\"": "\u{1}\u{0}"]
      let entries = [
        try await other.append(entry), try await other.append(.sample("plain", user: "bob")),
      ]
      let outcomes = try await store.forward(entries)
      #expect(outcomes.map(\.isStored) == [true, true])
      #expect(try await store.entries(LogQuery(order: .oldestFirst)) == entries)
      for query in [
        LogQuery(userID: "ada"), LogQuery(model: "smol", sessionID: "s"), LogQuery(search: "café"),
      ] { #expect(try await store.entries(query) == [entries[0]]) }
      let statistics = try await store.stats(of: nil)
      #expect(statistics.total.entries == 2)
      #expect(statistics.total.bytes == entries[0].size + entries[1].size)
      // A copy of it is an entry of its own time.
      let lines = try await place.exportedLines()
      #expect(lines == entries.map { $0.jsonLine() })
      #expect(try await store.importLines(lines.stream).skipped == 2)
      #expect(try await store.erase(user: "ada").entries == 1)
      #expect(try await store.entries() == [entries[1]])
    }
  }

  @Test(arguments: Self.targets)
  func `entries come where the log ends, and a cursor goes on behind them, in both orders`(
    kind: StoreKind
  ) async throws {
    try await self.withLogs(kind) { store, _, other in
      var older: [StoredEntry] = []
      for number in 0 ..< 3 { older.append(try await other.append(.sample("old \(number)"))) }
      for number in 0 ..< 3 { _ = try await store.append(.sample("new \(number)")) }
      _ = try await store.forward(older)
      _ = try await store.append(.sample("last"))
      let all = try await store.entries(LogQuery(order: .oldestFirst))
      #expect(
        all.compactMap(\.prompt)
          == ["new 0", "new 1", "new 2", "old 0", "old 1", "old 2", "last"]
      )
      for (index, entry) in all.enumerated() {
        let later = try await store.entries(LogQuery(after: entry.id, order: .oldestFirst))
        #expect(later == Array(all[(index + 1)...]))
        let earlier = try await store.entries(LogQuery(after: entry.id))
        #expect(earlier == all[..<index].reversed())
      }
      // By when they came, whatever their own times are.
      let since = all[0].timestamp
      #expect(older.allSatisfy { $0.timestamp <= since })
      #expect(try await store.entries(LogQuery(since: since, order: .oldestFirst)) == all)
    }
  }

  @Test(arguments: Self.targets)
  func `what is forwarded or imported again is there once`(kind: StoreKind) async throws {
    try await self.withLogs(kind) { store, _, other in
      try await other.fill(count: 5)
      let entries = try await other.entries(LogQuery(order: .oldestFirst))
      // As an operator may.
      _ = try await store.importBatch([entries[1]])
      for count in [3, 3, 5] {
        let outcomes = try await store.forward(Array(entries[..<count]))
        #expect(outcomes.map(\.isStored) == Array(repeating: true, count: count))
      }
      #expect(try await store.forward([]).isEmpty)
      let outcomes = try await store.importBatch(entries)
      #expect(outcomes.allSatisfy { if case .skipped = $0 { true } else { false } })
      #expect(Set(try await store.entries().map(\.id)) == Set(entries.map(\.id)))
      #expect(try await store.entries().count == 5)
    }
  }

  @Test(arguments: Self.targets)
  func `an id of another entry is refused, and the others are stored`(
    kind: StoreKind
  ) async throws {
    try await self.withLogs(kind) { store, _, other in
      try await other.fill(count: 3)
      let entries = try await other.entries(LogQuery(order: .oldestFirst))
      var changed = entries[1]
      changed.content = .text(prompt: "changed", response: "Because.")
      _ = try await store.forward([changed])
      let outcomes = try await store.forward(entries)
      #expect(outcomes.map(\.isStored) == [true, false, true])
      guard case .refused(let error) = outcomes[1] else {
        Issue.record("\(outcomes[1])")
        return
      }
      #expect(error.code == .alreadyExists)
      #expect(
        try await store.entries(LogQuery(order: .oldestFirst)) == [changed, entries[0], entries[2]]
      )
    }
  }

  @Test(arguments: Self.targets)
  func `of equal entries with one key the first stays, and others lose the key`(
    kind: StoreKind
  ) async throws {
    try await self.withLogs(kind) { store, _, other in
      let first = try await store.append(.sample("a", key: "k"))
      let equal = try await other.append(.sample("a", key: "k"))
      guard case .repeated(first.id) = try await store.forward([equal])[0] else {
        Issue.record("it is stored twice")
        return
      }
      var changed = equal
      changed.content = .text(prompt: "b", response: "Because of Rayleigh scattering.")
      guard case .storedWithoutKey(first.id) = try await store.forward([changed])[0] else {
        Issue.record("it has the key of another")
        return
      }
      // Known again, although it was stored with less.
      #expect(try await store.forward([changed]).map(\.isStored) == [true])
      changed.idempotencyKey = ""
      #expect(try await store.entries(LogQuery(order: .oldestFirst)) == [first, changed])
      // Hashes cannot be compared with texts: both are kept.
      var hashed = try await other.append(.sample("a", user: "bob", key: "k"))
      _ = try await store.append(.sample("a", user: "bob", key: "k"))
      hashed.content = .hashes(prompt: [1], response: [2])
      guard case .storedWithoutKey = try await store.forward([hashed])[0] else {
        Issue.record("it is lost")
        return
      }
      // The keys of two users differ.
      let another = try await other.append(.sample("b", user: "eve", key: "k"))
      #expect(try await store.forward([another]).map(\.isStored) == [true])
      #expect(try await store.entries(LogQuery(userID: "eve")) == [another])
    }
  }

  @Test(arguments: Self.targets)
  func `a follower misses nothing of what is forwarded while others append`(
    kind: StoreKind
  ) async throws {
    try await self.withLogs(kind) { store, place, other in
      try await other.fill(count: 100)
      let older = try await other.entries(LogQuery(order: .oldestFirst))
      let reader = try await place.open()
      let running = Task { await reader.run() }
      let following = Task {
        try await reader.entries(LogQuery(limit: 200, order: .oldestFirst, follows: true))
      }
      let appending = Task {
        for number in 0 ..< 100 { _ = try await reader.append(.sample("new \(number)")) }
      }
      for start in stride(from: 0, to: 100, by: 10) {
        _ = try await store.forward(Array(older[start ..< start + 10]))
      }
      try await appending.value
      let followed = try await following.value
      #expect(Set(followed.map(\.id)).count == 200)
      #expect(followed.filter { older.contains($0) } == older)
      #expect(try await store.entries(LogQuery(order: .oldestFirst)) == followed)
      running.cancel()
      await running.value
      await reader.close()
    }
  }
}

extension ForwardOutcome {
  fileprivate var isStored: Bool { if case .stored = self { true } else { false } }
}
