import Foundation
import Identifiers
import RequestLog
import Synchronization
import TestLogStores
import TestPostgreSQL
import Testing

@testable import PostgresRequestLog

/// Kills the server at random moments, while callers write. `make crash-test` does it more often.
@Suite(.serialized) struct KillTests {
  static let kills =
    ProcessInfo.processInfo.environment["TOKENWIRE_CRASH_KILLS"].flatMap { Int($0) } ?? 20

  @Test func `what was acknowledged is there once, whenever the server is killed`() async throws {
    try await self.kill(times: max(Self.kills / 4, 1)) { server, _ in
      try await server.kill()
      try await server.start()
    }
  }

  @Test func `so it is when the process is killed that serves the connection`() async throws {
    try await self.kill(times: Self.kills) { server, store in
      if let process = store.status.serverProcess { server.killProcess(process) }
    }
  }

  private func kill(
    times: Int,
    _ kill: (PostgreSQLServer, PostgresLogStore) async throws -> Void
  ) async throws {
    let server = try await PostgreSQLServer.start()
    try await withStore(on: server) { store, database in
      let callers = Callers(count: 16)
      let running = Task { await store.run() }
      defer { running.cancel() }
      let writing = Task { await callers.write(to: store) }
      defer { callers.stop() }
      for _ in 0 ..< times {
        await callers.waitForMore(20)
        try await kill(server, store)
      }
      await callers.waitForMore(20)
      callers.stop()
      await writing.value
      let found = try await store.prompts().map { Identifier($0) }
      #expect(found.count == Set(found).count)
      let outcomes = callers.outcomes
      #expect(outcomes.stored.subtracting(found).isEmpty)
      #expect(outcomes.refused.isDisjoint(with: found))
      #expect(Set(found).subtracting(outcomes.stored).isSubset(of: outcomes.inDoubt))
      #expect(outcomes.others.isEmpty)
      #expect(
        try await database.integer("SELECT entries FROM tokenwire.log_end") == Int64(found.count)
      )
    }
  }
}
