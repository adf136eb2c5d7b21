import Identifiers
import PostgreSQL
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// What the server refuses, and what others do to it.
@Suite struct FailureTests {
  @Test func `what the server refuses of one entry does not fail those beside it`() async throws {
    try await withStore { store, database in
      _ = try await store.append(.sample("first"))
      try await database.execute("ALTER TABLE tokenwire.entries ADD CHECK (user_id <> 'refused')")
      let outcomes = await withTaskGroup(of: (Int, LogError.Code?).self) { group in
        for number in 0 ..< 100 {
          group.addTask {
            do throws(LogError) {
              _ = try await store.append(.sample(user: number % 10 == 3 ? "refused" : "ada"))
              return (number, nil)
            } catch {
              return (number, error.code)
            }
          }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      #expect(Set(outcomes.keys) == Set(stride(from: 3, to: 100, by: 10)))
      #expect(outcomes.values.allSatisfy { $0 == .unavailable })
      #expect(try await store.stats().total.entries == 91)
    }
  }

  @Test(arguments: ["40001", "40P01"])
  func `what conflicts with others is tried again`(state: String) async throws {
    try await withStore { store, database in
      try await database.execute("CREATE SEQUENCE public.attempts")
      try await database.addTrigger(
        """
        IF nextval('public.attempts') < 4 THEN RAISE EXCEPTION 'no' USING ERRCODE = '\(state)'; END IF;
        """
      )
      let stored = try await store.append(.sample())
      #expect(try await store.prompts() == ["Why is the sky blue?"])
      #expect(stored.promptBytes == 20)
      #expect(try await database.integer("SELECT last_value FROM public.attempts") == 4)
    }
  }

  @Test func `a full disk is told`() async throws {
    try await withStore { store, database in
      try await database.addTrigger("RAISE EXCEPTION 'no' USING ERRCODE = '53100';")
      let error = await #expect(throws: LogError.self) { try await store.append(.sample()) }
      #expect(error?.code == .diskFull)
      #expect(error?.message == "The log's disk is full; nothing was stored")
      try await database.execute("DROP TRIGGER test ON tokenwire.entries")
      _ = try await store.append(.sample())
      #expect(try await store.prompts().count == 1)
    }
  }

  @Test func `a lock that another program keeps is told, and what it blocked is not stored`()
    async throws
  {
    try await withStore(.init(responseTime: .seconds(2))) { store, database in
      let other = try database.connect()
      try other.execute("BEGIN; SELECT * FROM tokenwire.log_end FOR UPDATE")
      let error = await #expect(throws: LogError.self) { try await store.append(.sample()) }
      #expect(error?.code == .unavailable)
      #expect(error?.message == "Others use the log's database for too long; nothing was stored")
      try other.execute("ROLLBACK")
      _ = try await store.append(.sample("second"))
      #expect(try await store.prompts() == ["second"])
    }
  }

  @Test func `a commit that did not happen before its connection was lost is made again, once`()
    async throws
  {
    try await withStore { store, database in
      try await database.addTrigger("PERFORM pg_advisory_xact_lock_shared(42);")
      let other = try database.connect()
      try other.execute("SELECT pg_advisory_lock(42)")
      let pending = Task { try await store.append(.sample("once")) }
      try await database.wait(
        for: "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'"
      )
      try await database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'advisory'"
      )
      try other.execute("SELECT pg_advisory_unlock(42)")
      let stored = try await pending.value
      #expect(try await store.prompts() == ["once"])
      #expect(try await database.integer("SELECT entries FROM tokenwire.log_end") == 1)
      #expect(stored.promptBytes == 4)
    }
  }

  @Test func `a commit that happened although its connection was lost is not made again`()
    async throws
  {
    // Its settings are changed.
    let server = try await PostgreSQLServer.start()
    try await withStore(on: server) { store, database in
      _ = try await store.append(.sample("first"))
      // A commit is durable here, and then waits for a standby that is not there.
      try await database.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
      try await database.execute("SELECT pg_reload_conf()")
      try await database.wait(
        for: """
          SELECT count(*) FROM pg_settings
          WHERE name = 'synchronous_standby_names' AND setting = 'nobody'
          """
      )
      let pending = Task { try await store.append(.sample("once")) }
      try await database.wait(
        for: "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
      )
      try await database.execute("ALTER SYSTEM RESET synchronous_standby_names")
      try await database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
      )
      try await database.execute("SELECT pg_reload_conf()")
      let stored = try await pending.value
      #expect(try await store.prompts() == ["first", "once"])
      let found = try await database.integer(
        "SELECT count(*) FROM tokenwire.entries WHERE id = '\(stored.id)'"
      )
      #expect(found == 1)
      #expect(try await database.integer("SELECT entries FROM tokenwire.log_end") == 2)
    }
  }

  @Test func `one node prunes at a time`() async throws {
    try await withStore { store, database in
      for _ in 0 ..< 10 { _ = try await store.append(.sample()) }
      let other = try database.connect()
      try other.execute("SELECT pg_advisory_lock(\(0x746F_6B78))")
      #expect(try await store.prune(Retention(maximumBytes: 4)) == .none)
      try other.execute("SELECT pg_advisory_unlock_all()")
      #expect(try await store.prune(Retention(maximumBytes: 4)).entries == 10)
    }
  }

  @Test func `a row that another program has damaged does not fail the list`() async throws {
    try await withStore { store, database in
      for number in 0 ..< 3 { _ = try await store.append(.sample("\(number)")) }
      try await database.execute(
        """
        UPDATE tokenwire.entries SET id = 'x', metadata = '[1]', prompt_bytes = -5
        WHERE prompt = '1'
        """
      )
      #expect(try await store.prompts() == ["0", "1", "2"])
      var damaged = try store.query(LogQuery(search: "1")).makeAsyncIterator()
      let entry = try await damaged.next()
      #expect(entry?.damage?.contains("The metadata cannot be read") == true)
      #expect(entry?.promptBytes == 0)
    }
  }
}
