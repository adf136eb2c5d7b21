import Foundation
import Identifiers
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct SpaceTests {
  private static let words = String(repeating: "words of many kinds ", count: 500)

  @Test func `the oldest entries are removed while the files are too large, and these shrink`()
    async throws
  {
    try await withLog { log, path in
      for number in 0 ..< 300 { _ = try await log.append(.sample("\(number) " + Self.words)) }
      try await log.index()
      let all = try await log.entries(LogQuery())
      let limit = 1 << 20
      #expect(Self.size(of: path) > 3 * limit)
      #expect(await log.exceeds(Retention(maximumBytes: limit)))
      let removal = try await log.prune(Retention(maximumBytes: limit))
      #expect(Self.size(of: path) <= limit)
      #expect(await !log.exceeds(Retention(maximumBytes: limit)))
      let left = try await log.entries(LogQuery())
      #expect(left == Array(all.prefix(300 - removal.entries)))
      // Not more than is needed.
      #expect(try await log.stats().total.bytes > limit / 4)
      #expect(try await log.entries(LogQuery(search: "words kinds")).count == left.count)
      let connection = try Connection(path: path)
      #expect(try text("PRAGMA integrity_check", on: connection) == "ok")
      try checkIndex(on: connection)
      #expect(try await log.prune(Retention(maximumBytes: limit)) == .none)
      #expect(try await log.prune(Retention()) == .none)
    }
  }

  @Test func `the files shrink after entries were removed for their age`() async throws {
    let clock = TestClock(microseconds: 0)
    try await withLog(.init(clock: clock.now)) { log, path in
      for _ in 0 ..< 300 { _ = try await log.append(.sample(Self.words)) }
      try await log.index()
      clock.set(microseconds: 10_000_000)
      let kept = try await log.append(.sample("kept"))
      _ = try await log.prune(Retention(maximumAge: .seconds(9)))
      #expect(Self.size(of: path) < 300 << 10)
      #expect(try await log.entries(LogQuery(search: "kept")) == [kept])
    }
  }

  @Test func `while entries come faster than the oldest are removed, they make room themselves`()
    async throws
  {
    let limit = 1 << 20
    try await withLog(.init(sizeLimit: limit)) { log, path in
      var largest = 0
      for _ in 0 ..< 60 {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0 ..< 16 { group.addTask { _ = try await log.append(.sample(Self.words)) } }
          try await group.waitForAll()
        }
        largest = max(largest, Self.size(of: path))
      }
      #expect(try await log.stats().total.entries < 900)
      #expect(largest < 3 * limit)
      let newest = try await log.append(.sample("newest"))
      #expect(try await log.entries(LogQuery(limit: 1)) == [newest])
    }
  }

  @Test func `a log that cannot get small enough keeps what comes`() async throws {
    try await withLog(.init(sizeLimit: 1)) { log, path in
      for _ in 0 ..< 3 {
        let entry = try await log.append(.sample())
        #expect(try await log.entries(LogQuery(limit: 1)) == [entry])
      }
      _ = try await log.prune(Retention(maximumBytes: 1))
      #expect(try await log.entries(LogQuery()).isEmpty)
      _ = try await log.append(.sample())
    }
  }

  @Test func `a file of an older version can shrink, too`() async throws {
    try await withTemporaryFile { path in
      do {
        let connection = try Connection(path: path)
        try connection.migrate(Array(LogSchema.steps.prefix(1)))
        #expect(try !connection.isShrinkable())
      }
      try await withLog(at: path) { _ = try await $0.append(.sample()) }
      #expect(try Connection(path: path).isShrinkable())
    }
  }

  @Test func `an entry of which another program says nonsense ends nothing`() async throws {
    try await withLog { log, path in
      try await log.fill(count: 5)
      let other = try Connection(path: path)
      try other.addWordTokenizer()
      try other.execute(
        """
        UPDATE entries SET bytes = 9223372036854775807, prompt_bytes = 9223372036854775807,
          response_bytes = 9223372036854775807 WHERE rowid IN (SELECT rowid FROM entries LIMIT 2);
        UPDATE entries SET bytes = -9223372036854775808, prompt_bytes = -9223372036854775808
          WHERE rowid = (SELECT max(rowid) FROM entries);
        UPDATE entries SET metadata_json = '{' WHERE rowid = (SELECT min(rowid) FROM entries);
        UPDATE entries SET id = 'none' WHERE rowid = (SELECT max(rowid) FROM entries);
        """
      )
      #expect(try await log.entries(LogQuery()).count == 5)
      #expect(try await log.entries(LogQuery(search: "question")).count == 5)
      #expect(try await log.stats().total.bytes > 0)
      #expect(try await log.stats().total.entries == 5)
      try await log.index()
      _ = try await log.prune(Retention(maximumBytes: 100 << 10))
      #expect(try await log.erase(user: "ada").entries <= 5)
      _ = try await log.append(.sample())
    }
  }

  @Test func `places at the ends of all that there are end nothing`() async throws {
    try await withTemporaryFile { path in
      try await withLog(at: path) { try await $0.fill(count: 2) }
      do {
        let other = try Connection(path: path)
        try other.execute(
          """
          UPDATE entries SET position = 9223372036854775807, id = '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'
            WHERE position = (SELECT max(position) FROM entries);
          UPDATE entries SET position = -9223372036854775808
            WHERE position = (SELECT min(position) FROM entries);
          UPDATE indexed SET through = 9223372036854775807;
          """
        )
      }
      try await withLog(at: path) { log in
        _ = try await log.append(.sample())
        // There is no place behind this one; that is an error, and not the end.
        await #expect(throws: LogError.self) { try await log.append(.sample()) }
        _ = try await log.entries(LogQuery())
        _ = try await log.entries(LogQuery(search: "question", order: .oldestFirst))
        #expect(try await log.stats().total.entries == 3)
      }
    }
  }

  private static func size(of path: String) -> Int {
    ["", "-wal"].reduce(0) { sum, suffix in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }
}
