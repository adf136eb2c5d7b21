import Foundation
import Identifiers
import Testing

@testable import RequestLog

@Suite struct TransferTests {
  @Test func `what is exported is imported again, without loss`() async throws {
    try await withLog { log, path in
      for mode in [ContentMode.full, .metadataOnly, .hashed(contentHash: ContentModeTests.hash)] {
        try await withLog(LogConfiguration(content: mode)) { source, path in
          var entry = NewEntry.sample("a\u{0}\"\\/\u{2028}\r\n🎌 cafe\u{301}", key: "k")
          entry.userID = "\(mode)"
          entry.metadata = ["": "", "ä\"": "\u{1}"]
          _ = try await source.append(entry)
          try await source.fill(count: 250, user: "\(mode)")
          let lines = try await Self.lines(of: path)
          let summary = try await log.importLines(lines.stream)
          #expect(summary == ImportSummary(added: 251, skipped: 0))
          // Again: nothing changes.
          let again = try await log.importLines(lines.stream)
          #expect(again == ImportSummary(added: 0, skipped: 251))
          let original = try await source.entries(LogQuery())
          #expect(try await log.entries(LogQuery(userID: "\(mode)")) == original)
        }
      }
      #expect(try await log.entries(LogQuery(search: "question")).count == 250)
      let lines = try await Self.lines(of: path)
      try await withLog { copy, path in
        _ = try await copy.importLines(lines.stream)
        #expect(try await Self.lines(of: path) == lines)
        // Its own entries come after those.
        let last = try await copy.append(.sample())
        #expect(try await copy.entries(LogQuery(limit: 1)) == [last])
      }
    }
  }

  @Test func `entries of one time from two logs are both there`() async throws {
    let clock = TestClock()
    let configuration = LogConfiguration(clock: clock.now)
    try await withLog(configuration) { one, _ in
      try await withLog(configuration) { two, path in
        _ = try await one.append(.sample("one"))
        _ = try await two.append(.sample("two"))
        let lines = try await Self.lines(of: path)
        #expect(try await one.importLines(lines.stream).added == 1)
        let all = try await one.entries(LogQuery(order: .oldestFirst))
        #expect(all.map(\.prompt) == ["one", "two"])
        #expect(all[0].timestamp == all[1].timestamp)
        let rest = LogQuery(after: all[0].id, order: .oldestFirst)
        #expect(try await one.entries(rest) == [all[1]])
        let newest = LogQuery(after: all[1].id)
        #expect(try await one.entries(newest) == [all[0]])
      }
    }
  }

  @Test func `a line that cannot be imported is named, and those before it are stored`()
    async throws
  {
    let clock = TestClock()
    try await withLog(LogConfiguration(clock: clock.now)) { source, _ in
      let first = try await source.append(.sample("first", key: "k"))
      var other = first
      other.content = .text(prompt: "other", response: "r")
      var later = first
      later.timestamp.microseconds += 60_000_000
      later.id = ULID(milliseconds: later.timestamp.milliseconds)
      later.idempotencyKey = ""
      var sameKey = first
      sameKey.id = first.id.next
      var wrongID = first
      wrongID.id = ULID(milliseconds: 1)
      let good = first.jsonLine()
      for (line, code, message) in [
        ("{}", LogError.Code.invalid, "it is no entry in JSON"),
        (other.jsonLine(), .alreadyExists, "id belongs to another entry"),
        (later.jsonLine(), .invalid, "timestamp_us is later than the clock is"),
        (sameKey.jsonLine(), .alreadyExists, "idempotency_key was used for another entry"),
        (wrongID.jsonLine(), .invalid, "id is not the ULID of an entry of its time"),
      ] {
        try await withLog(LogConfiguration(clock: clock.now)) { log, _ in
          let lines = ["", good, line, good]
          let error = await #expect(throws: LogError.self) {
            try await log.importLines(lines.stream)
          }
          #expect(error?.code == code)
          #expect(error?.message == "Line 3: \(message)")
          let entries = try await log.entries(LogQuery())
          #expect(entries == [first])
        }
      }
    }
  }

  /// What an export of the log has written.
  private static func lines(of path: String) async throws -> [String] {
    let file = path + UUID().uuidString
    _ = try await ReadOnlyLog.open(path: path, logger: .silent).export(to: file)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return text.unicodeScalars.split(separator: "\n").map { String($0) }
  }
}

extension [String] {
  fileprivate var stream: AsyncStream<String> {
    AsyncStream { continuation in
      for line in self { continuation.yield(line) }
      continuation.finish()
    }
  }
}
