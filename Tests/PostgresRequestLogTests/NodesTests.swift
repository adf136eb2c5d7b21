import Foundation
import Identifiers
import PostgreSQL
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// Several nodes with one database.
@Suite struct NodesTests {
  @Test func `a follower gets what two nodes write, each entry once and in order`() async throws {
    let database = try await TestDatabase()
    let nodes = [
      try await PostgresLogStore.open(database.url), try await PostgresLogStore.open(database.url),
    ]
    let reader = try await PostgresLogStore.open(database.url)
    let running = Task { await reader.run() }
    let count =
      ProcessInfo.processInfo.environment["TOKENWIRE_FOLLOWED_ENTRIES"].flatMap { Int($0) } ?? 1000
    let query = LogQuery(limit: 2 * count, order: .oldestFirst, follows: true)
    let follower = Task { () throws(LogError) in
      var entries: [StoredEntry] = []
      for try await entry in try reader.query(query) { entries.append(entry) }
      return entries
    }
    let stored = try await withThrowingTaskGroup(of: [ULID].self) { group in
      for (index, node) in nodes.enumerated() {
        for caller in 0 ..< 10 {
          group.addTask {
            var ids: [ULID] = []
            for number in 0 ..< count / 10 {
              ids.append(try await node.append(.sample("\(index)-\(caller)-\(number)")).id)
            }
            return ids
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let followed = try await follower.value.map(\.id)
    #expect(followed == stored.sorted())
    #expect(Set(followed).count == 2 * count)
    running.cancel()
    await running.value
    for store in nodes + [reader] { await store.close() }
  }

  @Test func `a cursor that another node goes on from misses nothing`() async throws {
    let database = try await TestDatabase()
    let one = try await PostgresLogStore.open(database.url)
    let two = try await PostgresLogStore.open(database.url)
    let writing = Task {
      for number in 0 ..< 300 {
        _ = try await (number % 3 == 0 ? one : two).append(.sample("\(number)"))
      }
    }
    var read: [StoredEntry] = []
    while read.count < 300 {
      let store = read.count % 2 == 0 ? one : two
      let query = LogQuery(limit: 7, after: read.last?.id, order: .oldestFirst)
      for try await entry in try store.query(query) { read.append(entry) }
    }
    try await writing.value
    let prompts = try await one.prompts()
    #expect(prompts == (0 ..< 300).map(String.init))
    #expect(read.map(\.id) == read.map(\.id).sorted())
    await one.close()
    await two.close()
  }

  @Test func `a key is one entry, whichever nodes it is sent to`() async throws {
    let database = try await TestDatabase()
    let nodes = [
      try await PostgresLogStore.open(database.url), try await PostgresLogStore.open(database.url),
    ]
    let ids = try await withThrowingTaskGroup(of: ULID.self) { group in
      for number in 0 ..< 100 {
        group.addTask { try await nodes[number % 2].append(.sample(key: "k")).id }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    #expect(try await nodes[0].prompts().count == 1)
    for node in nodes { await node.close() }
  }

  @Test func `nodes that start at once create the tables once`() async throws {
    let database = try await TestDatabase()
    let stores = try await withThrowingTaskGroup(of: PostgresLogStore.self) { group in
      for _ in 0 ..< 8 { group.addTask { try await PostgresLogStore.open(database.url) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for store in stores { _ = try await store.append(.sample()) }
    #expect(try await stores[0].prompts().count == 8)
    #expect(try await database.integer("SELECT count(*) FROM tokenwire.schema_version") == 1)
    for store in stores { await store.close() }
  }

  @Test func `a database of an older version is upgraded, one of a newer version is refused`()
    async throws
  {
    try await withStore { store, database in
      _ = try await store.append(.sample())
      let place = try PostgresLogStore.Place(url: database.url)
      let newer = Schema(
        "tokenwire",
        steps: LogSchema.steps + ["ALTER TABLE tokenwire.entries ADD COLUMN later text"]
      )
      let next = try await PostgresLogStore.open(place, .init(), schema: newer, .silent)
      // A node of the older version goes on until it is replaced.
      _ = try await store.append(.sample())
      #expect(try await next.prompts().count == 2)
      await next.close()
      for opens in [true, false] {
        let error = await #expect(throws: LogError.self) {
          _ =
            opens
            ? try await PostgresLogStore.open(database.url)
            : try await PostgresLogStore.openExisting(place, logger: .silent)
        }
        #expect(error?.code == .newerSchema)
        #expect(error?.message == "The log belongs to a newer version of this program")
      }
      let last = try await database.integer("SELECT version FROM tokenwire.schema_version")
      #expect(last == Int64(LogSchema.steps.count + 1))
    }
  }

  @Test(arguments: [1, 2], [false, true])
  func `entries of earlier versions are there after the upgrade, which adds forwarded ones`(
    steps: Int,
    isPartitioned: Bool
  ) async throws {
    let database = try await TestDatabase()
    let first = Schema("tokenwire", steps: Array(LogSchema.steps.prefix(steps)))
    let connection = try database.connect()
    try connection.migrate(first, until: .now + .seconds(60))
    if steps == 2, isPartitioned { try connection.partitionLog(until: .now + .seconds(60)) }
    let time = Timestamp(microseconds: 1_700_000_000_000_000)
    let id = ULID(milliseconds: time.milliseconds)
    try await database.execute(
      """
      INSERT INTO tokenwire.entries (position, id, user_id, bytes, model, generation_id,
          prompt_bytes, response_bytes, prompt, response)
        VALUES (\(Position(firstAt: time).rawValue), '\(id)', 'ada', 5, '', '', 1, 1, 'p', 'r');
      UPDATE tokenwire.log_end
        SET position = \(Position(firstAt: time).rawValue), id = '\(id)', entries = 1, bytes = 5;
      """
    )
    let configuration = PostgresLogStore.Configuration(partition: isPartitioned ? .month : nil)
    try await withStore(in: database, configuration) { store in
      var entries: [StoredEntry] = []
      for try await entry in try store.query(LogQuery()) { entries.append(entry) }
      #expect(entries.map(\.id) == [id])
      #expect(entries.map(\.timestamp) == [time])
      var forwarded = try #require(entries.first)
      let earlier = Timestamp(microseconds: time.microseconds - 5000)
      (forwarded.id, forwarded.timestamp) = (ULID(milliseconds: earlier.milliseconds), earlier)
      for _ in 0 ..< 2 { _ = try await store.forward([forwarded]) }
      let query = LogQuery(after: id, order: .oldestFirst)
      var later: [StoredEntry] = []
      for try await entry in try store.query(query) { later.append(entry) }
      #expect(later == [forwarded])
    }
  }

  @Test func `an empty database is not changed by who only reads`() async throws {
    let database = try await TestDatabase()
    let place = try PostgresLogStore.Place(url: database.url)
    let error = await #expect(throws: LogError.self) {
      _ = try await PostgresLogStore.openExisting(place, logger: .silent)
    }
    #expect(error?.code == .unavailable)
    let cause = String(describing: error?.cause)
    #expect(cause.contains("the database has no tables of this program"))
    let schemas = try await database.integer(
      "SELECT count(*) FROM pg_namespace WHERE nspname = 'tokenwire'"
    )
    #expect(schemas == 0)
  }
}
