import Identifiers
import PostgreSQL
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// Work that waits for others in the database, and whose caller does not.
@Suite struct CancellationTests {
  @Test func `an erasure that waits for a reader ends with its caller, and can be repeated`()
    async throws
  {
    try await withStore { store, database in
      for _ in 0 ..< 3 { _ = try await store.append(.sample("topsecret")) }
      let other = try database.connect()
      try other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM tokenwire.entries")
      let erasing = Task { try await store.erase(user: "ada") }
      try await Self.waitForReindex(in: database)
      erasing.cancel()
      let error = await #expect(throws: LogError.self) { try await erasing.value }
      #expect(error?.code == .cancelled)
      // Its rows are gone.
      #expect(try await store.prompts().isEmpty)
      try other.execute("COMMIT")
      #expect(try await store.erase(user: "ada") == .none)
      let indexes = try await database.integer(
        """
        SELECT count(*) FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid
        WHERE relname LIKE 'entries_by_words%'
        """
      )
      #expect(indexes == 1)
    }
  }

  @Test func `a store that closes ends an erasure that waits`() async throws {
    let database = try await TestDatabase()
    let store = try await PostgresLogStore.open(database.url)
    _ = try await store.append(.sample())
    let other = try database.connect()
    try other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM tokenwire.entries")
    let erasing = Task { try await store.erase(user: "ada") }
    try await Self.waitForReindex(in: database)
    await store.close()
    let error = await #expect(throws: LogError.self) { try await erasing.value }
    #expect(error?.code == .unavailable)
    try other.execute("COMMIT")
  }

  @Test func `nodes that erase at once do not wait for each other for ever`() async throws {
    let database = try await TestDatabase()
    let one = try await PostgresLogStore.open(database.url)
    let two = try await PostgresLogStore.open(database.url)
    for number in 0 ..< 40 {
      _ = try await one.append(.sample(user: number % 2 == 0 ? "ada" : "bob"))
    }
    async let ada = one.erase(user: "ada")
    async let bob = two.erase(user: "bob")
    #expect(try await ada.entries == 20)
    #expect(try await bob.entries == 20)
    #expect(try await one.stats().total == .none)
    await one.close()
    await two.close()
  }

  @Test func `a query that waits ends with its caller, and the next one is answered`()
    async throws
  {
    try await withStore { store, database in
      _ = try await store.append(.sample())
      for query in [LogQuery(), LogQuery(search: "sky")] {
        let other = try database.connect()
        try other.execute("BEGIN; LOCK TABLE tokenwire.entries IN ACCESS EXCLUSIVE MODE")
        let reading = Task {
          var count = 0
          for try await _ in try store.query(query) { count += 1 }
          return count
        }
        try await database.wait(
          for: """
            SELECT count(*) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND query LIKE '%tokenwire.entries%'
              AND pid <> pg_backend_pid()
            """
        )
        reading.cancel()
        // The iteration ends.
        #expect(try await reading.value == 0)
        try other.execute("COMMIT")
        #expect(try await store.prompts().count == 1)
      }
    }
  }

  private static func waitForReindex(in database: TestDatabase) async throws {
    try await database.wait(
      for: """
        SELECT count(*) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND query LIKE 'REINDEX%' AND datname = current_database()
        """
    )
  }
}
