import Identifiers
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct IndexingTests {
  private static let unindexed =
    "SELECT count(*) FROM entries WHERE position > (SELECT through FROM indexed)"

  @Test func `an entry is found once, before it is indexed and after`() async throws {
    try await withLog { log, path in
      let entry = try await log.append(.sample())
      #expect(try integer(Self.unindexed, in: path) == 1)
      #expect(try await log.entries(LogQuery(search: "sky")) == [entry])
      try await log.index()
      #expect(try integer(Self.unindexed, in: path) == 0)
      #expect(try await log.entries(LogQuery(search: "sky")) == [entry])
      try checkIndex(on: Connection(path: path))
    }
  }

  @Test func `entries are found while others are indexed`() async throws {
    // One reader, which goes through all of it.
    try await withLog(.init(readers: 1)) { log, path in
      var prompts: [String] = []
      for round in 0 ..< 30 {
        for number in 0 ..< round % 5 + 1 {
          let prompt = "sky \(round) \(number)"
          _ = try await log.append(.sample(prompt))
          prompts.append(prompt)
        }
        let found = try await log.entries(LogQuery(search: "sky", order: .oldestFirst))
        #expect(found.compactMap(\.prompt) == prompts)
        // One entry at a time: the index never gets as far as the log.
        _ = try await log.writer.indexBatch(bytes: 64)
      }
      #expect(try integer(Self.unindexed, in: path) ?? 0 > 0)
      try checkIndex(on: Connection(path: path))
    }
  }

  @Test func `the index is kept up with the log`() async throws {
    try await withLog { log, path in
      await withDiscardingTaskGroup { group in
        group.addTask { await log.keepIndexed() }
        for _ in 0 ..< 3 {
          try? await log.fill(count: 50)
          await waitUntil { (try? integer(Self.unindexed, in: path)) == 0 }
        }
        group.cancelAll()
      }
      #expect(try await log.entries(LogQuery(search: "question")).count == 150)
      try checkIndex(on: Connection(path: path))
    }
  }

  @Test func `the index waits while more comes than it takes beside commits`() async throws {
    try await withLog { log, path in
      let prompt = String(repeating: "sky ", count: 9000)
      for _ in 0 ..< 10 { _ = try await log.append(.sample(prompt)) }
      #expect(try await log.writer.indexBesideCommits())
      #expect(try integer(Self.unindexed, in: path) == 10)
      // Nothing has come since.
      #expect(try await log.writer.indexBesideCommits())
      #expect(try integer(Self.unindexed, in: path) == 9)
      _ = try await log.append(.sample("a few words"))
      #expect(try await log.writer.indexBesideCommits())
      #expect(try integer(Self.unindexed, in: path) == 9)
    }
  }

  @Test func `the parts of the index are merged, and none of them by a commit`() async throws {
    // https://sqlite.org/src/doc/trunk/ext/fts5/fts5_index.c: a row's id begins with its part's.
    let parts = "SELECT count(DISTINCT id >> 37) FROM search_data WHERE id >> 37 > 0"
    try await withLog { log, path in
      for number in 0 ..< 12 {
        _ = try await log.append(.sample("question \(number)"))
        try await log.index()
      }
      #expect(try integer(parts, in: path) == 12)
      await withDiscardingTaskGroup { group in
        group.addTask { await log.keepIndexed() }
        await waitUntil { (try? integer(parts, in: path)) ?? 12 < 4 }
        group.cancelAll()
      }
      #expect(try await log.entries(LogQuery(search: "question")).count == 12)
      try checkIndex(on: Connection(path: path))
    }
  }

  @Test func `keeping the index ends with the log`() async throws {
    try await withTemporaryFile { path in
      let log = try await SQLiteLogStore.open(path: path, logger: .silent)
      async let indexing: Void = log.keepIndexed()
      _ = try await log.append(.sample())
      await log.close()
      await indexing
      await log.keepIndexed()
    }
  }

  @Test(arguments: [
    SQLiteLogStore.Configuration(unindexedEntries: 10), .init(unindexedBytes: 1000),
  ])
  func `what is not indexed is bounded`(configuration: SQLiteLogStore.Configuration) async throws {
    try await withLog(configuration) { log, path in
      for number in 0 ..< 100 {
        _ = try await log.append(.sample("question \(number)"))
        // The last commit comes on top.
        #expect(try integer(Self.unindexed, in: path) ?? 100 <= 20)
      }
      let entries = try await log.entries(LogQuery(order: .oldestFirst))
      try await withLog(configuration) { copy, path in
        #expect(try await copy.importAll(entries) == 100)
        _ = try await copy.append(.sample("question 100"))
        #expect(try integer(Self.unindexed, in: path) ?? 100 <= 20)
        #expect(try await copy.entries(LogQuery(search: "question")).count == 101)
        try checkIndex(on: Connection(path: path))
      }
    }
  }

  @Test func `what is imported behind the end of the index is indexed at once`() async throws {
    let clock = TestClock()
    try await withLog(.init(clock: clock.now)) { old, _ in
      let entry = try await old.append(.sample("old sky"))
      try await withLog { log, path in
        _ = try await log.append(.sample("new sky"))
        try await log.index()
        _ = try await log.append(.sample("newest sky"))
        #expect(try await log.importAll([entry]) == 1)
        #expect(try integer(Self.unindexed, in: path) == 1)
        let found = try await log.entries(LogQuery(search: "sky", order: .oldestFirst))
        #expect(found.map(\.prompt) == ["old sky", "new sky", "newest sky"])
        try checkIndex(on: Connection(path: path))
      }
    }
  }

  @Test func `entries whose texts were not kept are passed over`() async throws {
    try await withLog(.init(content: .metadataOnly, unindexedEntries: 10)) { log, path in
      for _ in 0 ..< 30 { _ = try await log.append(.sample()) }
      #expect(try await log.entries(LogQuery(search: "sky")).isEmpty)
      try await log.index()
      #expect(try integer(Self.unindexed, in: path) == 0)
    }
  }

  @Test(arguments: 1 ..< LogSchema.steps.count)
  func `a file of each older version is upgraded, and its words are found`(
    version: Int
  ) async throws {
    try await withTemporaryFile { path in
      do {
        let connection = try Connection(path: path)
        try connection.addWordTokenizer()
        try connection.migrate(Array(LogSchema.steps.prefix(version)))
        for number: Int64 in 1 ... 2 {
          let time = Timestamp(microseconds: number * 1000)
          // The columns that every version has.
          try connection.execute(
            """
            INSERT INTO entries (
              position, id, user_id, bytes, model, generation_id, prompt_bytes, response_bytes,
              prompt, response
            ) VALUES (
              \(Position(firstAt: time).rawValue), '\(ULID(milliseconds: number))', 'ada', 27, '', '',
              16, 8, '東京の sky \(number)', 'Because.'
            )
            """
          )
          // The second one is not in the index yet, where entries are indexed after their commits.
          if number == 1, version > 1 {
            try connection.execute(
              """
              INSERT INTO search (rowid, prompt, response)
                SELECT position, prompt, response FROM entries;
              UPDATE indexed SET through = (SELECT max(position) FROM entries)
              """
            )
          }
        }
      }
      try await withLog(at: path) { log in
        #expect(try integer(Self.unindexed, in: path) == (version > 1 ? 1 : 0))
        _ = try await log.append(.sample())
        #expect(try await log.entries(LogQuery(search: "sky")).count == 3)
        #expect(try await log.entries(LogQuery(search: "京の")).count == 2)
        try checkIndex(on: Connection(path: path))
        #expect(try await log.erase(user: "ada").entries == 3)
        #expect(try await log.entries(LogQuery(search: "sky")).isEmpty)
      }
      #expect(try integer("SELECT count(*) FROM entries", in: "\(path).v\(version)") == 2)
      try checkIndex(on: Connection(path: path))
    }
  }
}

extension SQLiteLogStore {
  /// - Returns: how many are new.
  fileprivate func importAll(_ entries: [StoredEntry]) async throws -> Int {
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    for entry in entries { continuation.yield(entry.jsonLine()) }
    continuation.finish()
    return try await self.importLines(lines).added
  }
}
