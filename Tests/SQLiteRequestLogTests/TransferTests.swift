import Foundation
import Identifiers
import TestThreads
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite(.ownThread) struct TransferTests {
  @Test func `what is exported is imported again, without loss`() async throws {
    try await withLog { log, path in
      for mode in [ContentMode.full, .metadataOnly, .hashed(contentHash: ContentModeTests.hash)] {
        try await withLog(.init(content: mode)) { source, path in
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
    let configuration = SQLiteLogStore.Configuration(clock: clock.now)
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
    try await withLog(.init(clock: clock.now)) { source, _ in
      let first = try await source.append(.sample("first", key: "k"))
      var other = first
      other.content = .text(prompt: "other", response: "r")
      other.responseBytes = 1
      var later = first
      later.timestamp.microseconds += 60_000_000
      later.id = ULID(milliseconds: later.timestamp.milliseconds)
      later.idempotencyKey = ""
      var sameKey = first
      sameKey.id = try #require(first.id.next)
      var wrongID = first
      wrongID.id = ULID(milliseconds: 1)
      let good = first.jsonLine()
      for (line, code, message) in [
        ("{}", LogError.Code.invalid, "it is not an entry in JSON: id is missing"),
        (
          good.replacing(#""response":"Because of Rayleigh scattering.","#, with: ""), .invalid,
          "response is missing beside prompt"
        ),
        (
          good.replacing(#""prompt_bytes":5"#, with: #""prompt_bytes":-5"#), .invalid,
          "prompt_bytes must be the size of prompt, 5. Given: -5"
        ),
        (
          good.replacing(#""response_bytes":31"#, with: #""response_bytes":1125899906842624"#),
          .invalid, "response_bytes must be the size of response, 31. Given: 1125899906842624"
        ),
        (
          good.replacing(#""response_bytes":31"#, with: #""response_bytes":9223372036854775807"#),
          .invalid,
          "it is not an entry in JSON: response_bytes: the number at offset 218 is too large"
        ),
        (
          good.replacing(#""user_id":"ada""#, with: #""user_id":"""#), .invalid,
          "user_id is required"
        ),
        (other.jsonLine(), .alreadyExists, "id belongs to another entry"),
        (later.jsonLine(), .invalid, "timestamp_us is in the future"),
        (sameKey.jsonLine(), .alreadyExists, "idempotency_key was used for another entry"),
        (wrongID.jsonLine(), .invalid, "id is not the ULID of an entry of its time"),
      ] {
        try await withLog(.init(clock: clock.now)) { log, _ in
          let lines = [" \r", good, line, good]
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

  @Test(arguments: [
    ("prompt", "prompt may have at most 1048576 bytes. Given: 5000000"),
    ("response", "response may have at most 1048576 bytes. Given: 5000000"),
    ("user_id", "user_id may have at most 256 bytes. Given: 5000000"),
    ("model", "model may have at most 256 bytes. Given: 5000000"),
    ("generation_id", "generation_id may have at most 256 bytes. Given: 5000000"),
    ("session_id", "session_id may have at most 128 bytes. Given: 5000000"),
    ("idempotency_key", "idempotency_key may have at most 256 bytes. Given: 5000000"),
    ("metadata", "metadata may have at most 16384 bytes. Given: 5000001"),
    ("metadata keys", "metadata may have at most 64 keys. Given: 65"),
  ])
  func `what a caller could not store cannot be imported`(
    field: String,
    message: String
  ) async throws {
    try await withLog { log, _ in
      let long = String(repeating: "x", count: 5_000_000)
      var entry = Self.stored(of: .text(prompt: "p", response: "r"), 1, 1)
      switch field {
      case "prompt":
        entry = Self.stored(of: .text(prompt: long, response: "r"), 5_000_000, 1)
      case "response":
        entry = Self.stored(of: .text(prompt: "p", response: long), 1, 5_000_000)
      case "user_id": entry.userID = .init(long)
      case "model": entry.model = .init(long)
      case "generation_id": entry.generationID = .init(long)
      case "session_id": entry.sessionID = .init(long)
      case "idempotency_key": entry.idempotencyKey = .init(long)
      case "metadata": entry.metadata = ["k": long]
      default:
        entry.metadata = [:]
        for number in 0 ..< 65 { entry.metadata[.init("k\(number)")] = "" }
      }
      let lines = [entry.jsonLine()]
      let error = await #expect(throws: LogError.self) { try await log.importLines(lines.stream) }
      #expect(error?.code == .invalid)
      #expect(error?.message == "Line 1: " + message)
      let entries = try await log.entries(LogQuery())
      #expect(entries.isEmpty)
    }
  }

  @Test(arguments: [
    (-1, 1, "prompt_bytes must be at least 1. Given: -1"),
    (1, 0, "response_bytes must be at least 1. Given: 0"),
    (1 << 50, 1, "prompt_bytes may have at most 1048576 bytes. Given: 1125899906842624"),
    (-1 << 50, -1 << 50, "prompt_bytes must be at least 1. Given: -1125899906842624"),
    (1, 1 << 50, "response_bytes may have at most 1048576 bytes. Given: 1125899906842624"),
  ])
  func `sizes without texts are sizes that a log takes`(
    prompt: Int,
    response: Int,
    message: String
  ) async throws {
    try await withLog { log, _ in
      for content in [EntryContent.none, .hashes(prompt: [1], response: [2])] {
        let lines = [Self.stored(of: content, prompt, response).jsonLine()]
        let error = await #expect(throws: LogError.self) { try await log.importLines(lines.stream) }
        #expect(error?.message == "Line 1: " + message)
        _ = try await log.importLines([Self.stored(of: content, 1, 1).jsonLine()].stream)
        #expect(try await log.stats().total.bytes == 5)
        _ = try await log.erase(user: "ada")
      }
    }
  }

  private static func stored(
    of content: EntryContent,
    _ promptBytes: Int,
    _ responseBytes: Int
  ) -> StoredEntry {
    StoredEntry(
      id: ULID(milliseconds: 1_700_000_000_000),
      timestamp: Timestamp(microseconds: 1_700_000_000_000_000),
      userID: "ada",
      content: content,
      promptBytes: promptBytes,
      responseBytes: responseBytes,
      model: "",
      generationID: "",
      metadata: [:],
      idempotencyKey: ""
    )
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
