import Identifiers
import PostgreSQL
import RequestLog
import Synchronization
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// A log whose table has a partition for each month.
@Suite struct PartitionTests {
  @Test func `entries of all months are one log`() async throws {
    let calendar = Calendar()
    try await withStore(calendar.configuration) { store, database in
      var entries = [try await store.append(.sample("November", key: "k"))]
      for (month, name) in [(12, "December"), (13, "January"), (15, "March")] {
        calendar.set(month: month)
        entries.append(try await store.append(.sample("\(name) sky", key: Identifier(name))))
      }
      #expect(
        try await store.prompts() == ["November", "December sky", "January sky", "March sky"]
      )
      #expect(try await store.append(.sample("November", key: "k")) == entries[0])
      let error = await #expect(throws: LogError.self) {
        try await store.append(.sample("other", key: "January"))
      }
      #expect(error?.code == .alreadyExists)
      func ids(_ query: LogQuery) async throws -> [ULID] {
        var ids: [ULID] = []
        for try await entry in try store.query(query) { ids.append(entry.id) }
        return ids
      }
      let all = entries.map(\.id)
      #expect(try await ids(LogQuery(limit: 2, after: all[3])) == [all[2], all[1]])
      #expect(try await ids(LogQuery(after: all[0], order: .oldestFirst)) == Array(all[1...]))
      #expect(try await ids(LogQuery(search: "sky", order: .oldestFirst)) == Array(all[1...]))
      #expect(try await store.stats().total.entries == 4)
      #expect(try await store.stats().storageBytes > 0)
      // That of March begins where that of January ends.
      #expect(
        try await database.partitions()
          == "entries_2100_11, entries_2100_12, entries_2101_01, entries_2101_03, entries_first"
      )
    }
  }

  @Test func `a log in one table becomes a partitioned one, also for a node that runs`()
    async throws
  {
    let database = try await TestDatabase()
    let calendar = Calendar()
    let plain = PostgresLogStore.Configuration(clock: calendar.clock)
    let running = try await PostgresLogStore.open(database.url, plain)
    let first = try await running.append(.sample("first", key: "k"))
    try await database.execute("CREATE ROLE partition_reader")
    try await database.execute("GRANT SELECT ON tokenwire.entries TO partition_reader")
    let stores = try await withThrowingTaskGroup(of: PostgresLogStore.self) { group in
      for _ in 0 ..< 4 {
        group.addTask { try await PostgresLogStore.open(database.url, calendar.configuration) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    calendar.set(month: 12)
    #expect(try await running.append(.sample("first", key: "k")) == first)
    _ = try await running.append(.sample("second"))
    _ = try await stores[0].append(.sample("third"))
    for store in stores + [running] {
      #expect(try await store.prompts() == ["first", "second", "third"])
      await store.close()
    }
    #expect(try await database.partitions() == "entries_2100_12, entries_first")
    #expect(
      try await database.integer(
        "SELECT has_table_privilege('partition_reader', 'tokenwire.entries', 'SELECT')::int"
      ) == 1
    )
  }

  @Test func `partitions without entries that are young enough are dropped`() async throws {
    let calendar = Calendar()
    try await withStore(calendar.configuration) { store, database in
      var entries: [StoredEntry] = []
      for month in 11 ... 14 {
        calendar.set(month: month)
        entries.append(try await store.append(.sample("\(month)")))
      }
      #expect(try await store.prune(Retention(maximumAge: .seconds(45 * 86_400))).entries == 2)
      #expect(try await store.prompts() == ["13", "14"])
      #expect(try await database.partitions() == "entries_2101_01, entries_2101_02, entries_first")
      let total = try await store.stats().total
      #expect(try await database.integer("SELECT entries FROM tokenwire.log_end") == 2)
      #expect(
        try await database.integer("SELECT bytes FROM tokenwire.log_end") == Int64(total.bytes)
      )
      // What is older than all partitions has a place as well.
      #expect(try await store.importBatch([entries[0], entries[2]]).count == 2)
      #expect(try await store.prompts() == ["11", "13", "14"])
      #expect(try await store.prune(Retention(maximumAge: .seconds(45 * 86_400))).entries == 1)
      #expect(try await store.prune(Retention(maximumBytes: 4)).entries == 2)
      #expect(try await database.partitions() == "entries_2101_02, entries_first")
      _ = try await store.append(.sample("last"))
      #expect(try await store.prompts() == ["last"])
    }
  }

  @Test func `forwarded entries come into the month in which they arrive, once`() async throws {
    let calendar = Calendar()
    try await withStore(calendar.configuration) { store, database in
      _ = try await store.append(.sample("November"))
      var forwarded: [StoredEntry] = []
      for try await entry in try store.query(LogQuery()) { forwarded.append(entry) }
      let time = Timestamp(microseconds: 1_700_000_000_000_000)
      for index in forwarded.indices {
        forwarded[index].id = ULID(milliseconds: time.milliseconds)
        forwarded[index].timestamp = time
      }
      for month in [12, 13] {
        calendar.set(month: month)
        _ = try await store.forward(forwarded)
        _ = try await store.append(.sample("\(month)"))
      }
      #expect(try await store.prompts() == ["November", "November", "12", "13"])
      var later: [StoredEntry] = []
      let query = LogQuery(limit: 1, after: forwarded[0].id, order: .oldestFirst)
      for try await entry in try store.query(query) { later.append(entry) }
      #expect(later.map(\.content) == [.text(prompt: "12", response: "Because.")])
      #expect(
        try await database.partitions()
          == "entries_2100_11, entries_2100_12, entries_2101_01, entries_first"
      )
    }
  }

  @Test func `entries go one by one while a reader keeps their partition`() async throws {
    let calendar = Calendar()
    try await withStore(calendar.configuration) { store, database in
      _ = try await store.append(.sample("old"))
      calendar.set(month: 13)
      _ = try await store.append(.sample("new"))
      let reader = try database.connect()
      try reader.execute("BEGIN; SELECT * FROM tokenwire.entries")
      #expect(try await store.prune(Retention(maximumAge: .seconds(86_400))).entries == 1)
      #expect(try await store.prompts() == ["new"])
      try reader.execute("COMMIT")
    }
  }

  @Test func `erasing leaves no words of the user in any partition`() async throws {
    let calendar = Calendar()
    try await withStore(calendar.configuration) { store, database in
      for month in 11 ... 13 {
        calendar.set(month: month)
        _ = try await store.append(.sample("unmistakable", user: "bob"))
        _ = try await store.append(.sample("sky"))
      }
      // An interrupted one leaves such an index behind.
      try await database.execute(
        """
        CREATE INDEX entries_first_by_words_ccnew ON tokenwire.entries_first USING gin (words);
        UPDATE pg_index SET indisvalid = false
          WHERE indexrelid = 'tokenwire.entries_first_by_words_ccnew'::regclass
        """
      )
      #expect(try await store.erase(user: "bob").entries == 3)
      #expect(try await store.prompts() == ["sky", "sky", "sky"])
      let files = try await database.integer(
        """
        SELECT count(*) FROM pg_class JOIN pg_am ON pg_am.oid = relam,
          pg_read_binary_file(pg_relation_filepath(pg_class.oid)) AS file
        WHERE amname = 'gin' AND relkind = 'i' AND position('unmistakable'::bytea IN file) > 0
        """
      )
      #expect(files == 0)
      let rest: Identifier = """
        SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = 'tokenwire' AND relname LIKE '%\\_cc%'
        """
      #expect(try await database.integer(rest) == 0)
    }
  }
}

/// A clock that tests set to the middle of months, after the time at which they run.
private final class Calendar: Sendable {
  private let time = Mutex(Timestamp(microseconds: 0))

  init() {
    self.set(month: 11)
  }

  /// - Parameter month: that of 2100; later ones are of 2101.
  func set(month: Int) {
    let days = [304, 334, 365, 396, 424][month - 11] + 14
    let start: Int64 = 4_102_444_800
    self.time.withLock {
      $0 = Timestamp(microseconds: (start + Int64(days) * 86_400) * 1_000_000)
    }
  }

  var clock: @Sendable () -> Timestamp {
    { self.time.withLock { $0 } }
  }

  var configuration: PostgresLogStore.Configuration {
    .init(partition: .month, clock: self.clock)
  }
}

extension TestDatabase {
  fileprivate func partitions() async throws -> String? {
    let names: Identifier = """
      SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_inherits
      JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'tokenwire.entries'::regclass
      """
    return try self.connect().run(.command(names), until: .now + .seconds(60)).text(0, 0)
  }
}
