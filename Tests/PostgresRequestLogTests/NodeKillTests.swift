import Identifiers
import RequestLog
import Subprocess
import TestLogStores
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// Kills nodes at random moments, while their callers write.
@Suite struct NodeKillTests {
  private static let callers = 16

  @Test func `what a node has acknowledged is there once, whenever it is killed`() async throws {
    let database = try await TestDatabase()
    // Creates the tables, and reads them while nodes come and go.
    try await withStore(in: database) { store in
      var stored: [Identifier: Identifier] = [:]
      var next = Array(repeating: 0, count: Self.callers)
      for _ in 0 ..< max(KillTests.kills / 2, 1) {
        let node = try await KilledNode.run(
          at: database.url,
          from: next,
          killAfter: Int.random(in: 0 ..< 200)
        )
        #expect(node.status == .signaled(9), "\(node.errors)")
        #expect(node.add(to: &stored, next: &next))
      }
      var found: [Identifier: Identifier] = [:]
      for try await entry in try store.query(LogQuery(userID: "crash", order: .oldestFirst)) {
        #expect(found[entry.idempotencyKey] == nil)
        found[entry.idempotencyKey] = Identifier(entry.id.description)
      }
      #expect(!stored.isEmpty)
      #expect(stored.filter { found[$0.key] != $0.value }.isEmpty)
      // Each caller may have sent one entry that it was not told of.
      #expect(found.count <= stored.count + Self.callers)
    }
  }
}
