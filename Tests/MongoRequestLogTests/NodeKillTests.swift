import Identifiers
import RequestLog
import Subprocess
import TestLogStores
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// Kills nodes at random moments, while their callers write.
@Suite struct NodeKillTests {
  private static let callers = 16

  @Test func `what a node has acknowledged is there once, whenever it is killed`() async throws {
    let configuration = MongoLogStore.Configuration(reservationTime: .milliseconds(500))
    // Creates the log, and follows it while nodes come and go.
    try await withStore(configuration) { store, url in
      let running = Task { await store.run() }
      let query = LogQuery(userID: "crash", order: .oldestFirst, follows: true)
      let follower = Task { () throws(LogError) in try await store.entries(query).map(\.id) }
      var stored: [Identifier: Identifier] = [:]
      var next = Array(repeating: 0, count: Self.callers)
      for _ in 0 ..< max(KillTests.kills / 2, 1) {
        let node = try await KilledNode.run(
          at: url,
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
      // Nothing was skipped, and what dead nodes had reserved stops nobody.
      store.endFollowing()
      #expect(
        try await follower.value
          == (try await store.entries(LogQuery(userID: "crash", order: .oldestFirst)).map(\.id))
      )
      running.cancel()
      await running.value
    }
  }
}
