import Foundation
import Identifiers
import RequestLog
import Synchronization
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

/// Callers that store one entry after the other, and what they were told.
private final class Callers: Sendable {
  struct Outcomes {
    var stored: Set<Identifier> = []
    /// What failed with nothing stored.
    var refused: Set<Identifier> = []
    var inDoubt: Set<Identifier> = []
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
    while self.outcomes.stored.count < goal { try? await Task.sleep(for: .milliseconds(1)) }
  }

  func write(to store: MongoLogStore) async {
    await withDiscardingTaskGroup { group in
      for caller in 0 ..< self.count {
        group.addTask {
          var number = 0
          while !self.isStopped {
            // Without keys: only the store itself can tell whether an entry is there.
            await self.append("\(caller)-\(number)", to: store)
            number += 1
            while store.condition != .working, !self.isStopped {
              try? await Task.sleep(for: .milliseconds(1))
            }
          }
        }
      }
    }
  }

  private func append(_ prompt: String, to store: MongoLogStore) async {
    let name = Identifier(prompt)
    do throws(LogError) {
      _ = try await store.append(.sample(prompt))
      self.state.withLock { _ = $0.outcomes.stored.insert(name) }
    } catch {
      self.state.withLock { state in
        if error.code != .unavailable {
          state.outcomes.others.append("\(error)")
        } else if error.message.contains("nothing was stored") {
          state.outcomes.refused.insert(name)
        } else {
          state.outcomes.inDoubt.insert(name)
        }
      }
    }
  }
}
