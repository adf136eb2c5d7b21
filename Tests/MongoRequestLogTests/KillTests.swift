import Foundation
import Identifiers
import RequestLog
import Synchronization
import TestLogStores
import TestMongoDB
import Testing

@testable import MongoRequestLog

/// Kills the server at random moments, while callers write. `make crash-test` does it more often.
@Suite(.serialized) struct KillTests {
  /// The server of the tests becomes slow with many entries.
  static let kills = min(
    ProcessInfo.processInfo.environment["TOKENWIRE_CRASH_KILLS"].flatMap { Int($0) } ?? 20,
    60
  )

  @Test func `what was acknowledged is there once, whenever the server is killed`() async throws {
    let server = try await MongoDBServer.start()
    let configuration = MongoLogStore.Configuration(
      connectTime: .seconds(1),
      reservationTime: .seconds(1)
    )
    try await withStore(on: server, configuration) { store, _ in
      let callers = Callers(count: 16)
      let running = Task { await store.run() }
      let writing = Task { await callers.write(to: store) }
      for _ in 0 ..< max(Self.kills / 4, 1) {
        await callers.waitForMore(20)
        try await server.kill()
        try await server.start()
      }
      await callers.waitForMore(20)
      callers.stop()
      await writing.value
      let entries = try await store.entries()
      let found = entries.compactMap { entry in
        if case .text(let prompt, _) = entry.content { Identifier(prompt) } else { nil }
      }
      #expect(found.count == Set(found).count)
      #expect(entries.map(\.id) == entries.map(\.id).sorted())
      let outcomes = callers.outcomes
      #expect(outcomes.stored.subtracting(found).isEmpty)
      #expect(outcomes.refused.isDisjoint(with: found))
      #expect(Set(found).subtracting(outcomes.stored).isSubset(of: outcomes.inDoubt))
      #expect(outcomes.others.isEmpty)
      running.cancel()
      await running.value
    }
  }
}
