import Foundation
import Identifiers
import RequestLog
import TestThreads
import Testing

/// What every store promises of exports and imports.
@Suite(.ownThread) struct TransferPromises {
  @Test(arguments: StoreKind.allCases, StoreKind.allCases)
  func `what one store exports another imports, without loss`(
    source: StoreKind,
    target: StoreKind
  ) async throws {
    let hash: @Sendable (String) -> [UInt8] = { Array($0.utf8.reversed()) }
    try await source.withPlace { source in
      for mode in [ContentMode.full, .metadataOnly, .hashed(contentHash: hash)] {
        try await source.withStore(StoreSettings(content: mode)) { store in
          var entry = NewEntry.sample("a\u{0}\u{1}\"\\/\u{2028}\r\n🎌 cafe\u{301}", key: "k\u{0}")
          entry.userID = "\(mode) \u{0}"
          entry.sessionID = "s"
          entry.metadata = ["": "", "ä\"": "\u{1}\u{0}"]
          _ = try await store.append(entry)
          try await store.fill(count: 250, user: "ada")
        }
      }
      let lines = try await source.exportedLines()
      #expect(lines.count == 753)
      let original = try await source.withStore { try await $0.entries() }
      try await target.withPlace { target in
        try await target.withStore { store in
          let summary = try await store.importLines(lines.stream)
          #expect(summary == ImportSummary(added: 753, skipped: 0))
          // Again: nothing changes.
          let again = try await store.importLines(lines.stream)
          #expect(again == ImportSummary(added: 0, skipped: 753))
          #expect(try await store.entries() == original)
          #expect(try await store.entries(LogQuery(search: "question")).count == 250)
          #expect(try await store.stats(of: nil).total.entries == 753)
        }
        #expect(try await target.exportedLines() == lines)
        // Its own entries come after those.
        try await target.withStore { store in
          let last = try await store.append(.sample())
          #expect(try await store.entries(LogQuery(limit: 1)) == [last])
        }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `entries of one time from two logs are both there`(kind: StoreKind) async throws {
    let clock = TestClock()
    let settings = StoreSettings(clock: clock.now)
    try await kind.withStore(settings) { one in
      _ = try await one.append(.sample("one"))
      let lines = try await kind.withStore(settings) { two in
        [try await two.append(.sample("two")).jsonLine()]
      }
      #expect(try await one.importLines(lines.stream).added == 1)
      let all = try await one.entries(LogQuery(order: .oldestFirst))
      #expect(all.map(\.prompt) == ["one", "two"])
      #expect(all[0].timestamp == all[1].timestamp)
      let rest = LogQuery(after: all[0].id, order: .oldestFirst)
      #expect(try await one.entries(rest) == [all[1]])
      #expect(try await one.entries(LogQuery(after: all[1].id)) == [all[0]])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a line that cannot be imported is named, and those before it are stored`(
    kind: StoreKind
  ) async throws {
    let clock = TestClock()
    let settings = StoreSettings(clock: clock.now)
    let first = try await StoreKind.sqlite.withStore(settings) { store in
      try await store.append(.sample("first", key: "k"))
    }
    var other = first
    other.content = .text(prompt: "other", response: "r")
    other.responseBytes = 1
    var later = first
    later.timestamp.microseconds += 60_000_000
    later.id = ULID(milliseconds: later.timestamp.milliseconds)
    later.idempotencyKey = ""
    var sameKey = first
    sameKey.id = try #require(first.id.next)
    let good = first.jsonLine()
    for (line, code, message) in [
      ("{}", LogError.Code.invalid, "it is not an entry in JSON: id is missing"),
      (other.jsonLine(), .alreadyExists, "id belongs to another entry"),
      (later.jsonLine(), .invalid, "timestamp_us is in the future"),
      (sameKey.jsonLine(), .alreadyExists, "idempotency_key was used for another entry"),
    ] {
      try await kind.withStore(settings) { store in
        let error = await #expect(throws: LogError.self) {
          try await store.importLines([" \r", good, line, good].stream)
        }
        #expect(error?.code == code)
        #expect(error?.message == "Line 3: \(message)")
        let entries = try await store.entries()
        #expect(entries == [first])
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `more entries of one time than have room are refused`(kind: StoreKind) async throws {
    let clock = TestClock()
    try await kind.withStore(StoreSettings(clock: clock.now)) { store in
      let time = Timestamp(microseconds: 1_600_000_000_000_000)
      let lines = (0 ... 256).map { number in
        StoredEntry(
          id: ULID(milliseconds: time.milliseconds),
          timestamp: time,
          userID: "ada",
          content: .none,
          promptBytes: 1,
          responseBytes: 1,
          model: "",
          generationID: "",
          metadata: [:],
          idempotencyKey: ""
        ).jsonLine()
      }
      let error = await #expect(throws: LogError.self) {
        try await store.importLines(lines.stream)
      }
      #expect(error?.message == "Line 257: timestamp_us is shared by too many entries")
      let count = try await store.entries().count
      #expect(count == 256)
    }
  }
}
