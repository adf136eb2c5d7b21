import Identifiers
import RequestLog
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// A database that is far away.
@Suite struct LongLineTests {
  @Test func `many callers share the way to a database that is far away`() async throws {
    let database = try await TestDatabase()
    let line = try LongLine(to: database.server, delay: .milliseconds(100))
    let url = "postgresql://tokenwire@/\(database.name)?host=\(line.folder)"
    let store = try await PostgresLogStore.open(url)
    let running = Task { await store.run() }
    let (callers, entries) = (64, 3)
    let query = LogQuery(limit: callers * entries, order: .oldestFirst, follows: true)
    let follower = Task { () throws(LogError) in
      var ids: [ULID] = []
      for try await entry in try store.query(query) { ids.append(entry.id) }
      return ids
    }
    let stored = try await withThrowingTaskGroup(of: [ULID].self) { group in
      for caller in 0 ..< callers {
        group.addTask {
          var ids: [ULID] = []
          for number in 0 ..< entries {
            ids.append(try await store.append(.sample("\(caller)-\(number)")).id)
          }
          return ids
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(try await follower.value == stored.sorted())
    // Alone, each would be a transaction, of at least 200 ms.
    let transactions = try await database.integer(
      "SELECT count(DISTINCT xmin::text) FROM tokenwire.entries"
    )
    #expect(try #require(transactions) < Int64(callers))
    #expect(store.condition == .working)
    running.cancel()
    await running.value
    await store.close()
    withExtendedLifetime(line) {}
  }
}
