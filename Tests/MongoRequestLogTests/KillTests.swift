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

  @Test func `what is forwarded is there once, in its order, whenever the server is killed`()
    async throws
  {
    let server = try await MongoDBServer.start()
    let configuration = MongoLogStore.Configuration(
      connectTime: .seconds(1),
      patience: .milliseconds(100),
      doubtTime: .milliseconds(100),
      reservationTime: .seconds(1)
    )
    try await withStore(on: server, configuration) { store, _ in
      let running = Task { await store.run() }
      let count = max(Self.kills / 4, 1)
      let entries = StoredEntry.older(count: 200 * count)
      // As an outbox does: a batch again and again until it is there.
      let forwarding = Task {
        for start in stride(from: 0, to: entries.count, by: 20) {
          while (try? await store.forward(Array(entries[start ..< start + 20]))) == nil {
            try? await Task.sleep(for: .milliseconds(5))
          }
        }
      }
      for _ in 0 ..< count {
        try await Task.sleep(for: .milliseconds(.random(in: 1 ..< 200)))
        try await server.kill()
        try await server.start()
      }
      await forwarding.value
      #expect(try await store.entries() == entries)
      running.cancel()
      await running.value
    }
  }
}
