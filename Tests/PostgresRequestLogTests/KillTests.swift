import Foundation
import Identifiers
import RequestLog
import Synchronization
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
      let found = try await store.prompts()
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

/// Callers that store one entry after the other, and what they were told.
final class Callers: Sendable {
  struct Outcomes {
    var stored: Set<String> = []
    /// What failed with nothing stored.
    var refused: Set<String> = []
    var inDoubt: Set<String> = []
    var others: [String] = []
  }

  private struct State {
    var outcomes = Outcomes()
    var isStopped = false
  }

  private let count: Int
  private let state = Mutex(State())

  init(count: Int) {
    self.count = count
  }

  var outcomes: Outcomes { self.state.withLock { $0.outcomes } }

  private var isStopped: Bool { self.state.withLock { $0.isStopped } }

  func stop() {
    self.state.withLock { $0.isStopped = true }
  }

  /// Returns when so many more are stored.
  func waitForMore(_ count: Int) async {
    let goal = self.outcomes.stored.count + count
    while self.outcomes.stored.count < goal { await Task.yield() }
  }

  func write(to store: PostgresLogStore) async {
    await withDiscardingTaskGroup { group in
      for caller in 0 ..< self.count {
        group.addTask {
          var number = 0
          while !self.isStopped {
            // Without keys: only the store itself can tell whether an entry is there.
            await self.append("\(caller)-\(number)", to: store)
            number += 1
            while store.condition != .working, !self.isStopped { await Task.yield() }
          }
        }
      }
    }
  }

  private func append(_ prompt: String, to store: PostgresLogStore) async {
    do throws(LogError) {
      _ = try await store.append(.sample(prompt))
      self.state.withLock { _ = $0.outcomes.stored.insert(prompt) }
    } catch {
      self.state.withLock { state in
        if error.code != .unavailable {
          state.outcomes.others.append("\(error)")
        } else if error.message.contains("nothing was stored") {
          state.outcomes.refused.insert(prompt)
        } else {
          state.outcomes.inDoubt.insert(prompt)
        }
      }
    }
  }
}
