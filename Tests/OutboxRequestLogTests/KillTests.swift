import Foundation
import Identifiers
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog
import Subprocess
import Synchronization
import TestLogStores
import TestPostgreSQL
import Testing

@testable import OutboxRequestLog

/// Callers that are never refused, and what they were told.
private final class PatientCallers: Sendable {
  private struct State {
    /// Prompts, by the ids of their entries.
    var acknowledged: [Identifier: Identifier] = [:]
    var isStopped = false
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  var acknowledged: [Identifier: Identifier] { self.state.withLock { $0.acknowledged } }

  func stop() {
    self.state.withLock { $0.isStopped = true }
  }

  /// Returns when so many more are stored.
  ///
  /// - Throws: what a caller was refused with.
  func waitForMore(_ count: Int) async throws {
    let goal = self.acknowledged.count + count
    while self.acknowledged.count < goal {
      if let failure = self.state.withLock({ $0.failure }) { throw failure }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  func write(to log: OutboxLog, count: Int) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      for caller in 0 ..< count {
        group.addTask {
          var number = 0
          while !self.state.withLock({ $0.isStopped }) {
            let prompt = "\(caller)-\(number)"
            do {
              let id = Identifier(try await log.append(.sample(prompt)).id.description)
              self.state.withLock { $0.acknowledged[id] = Identifier(prompt) }
            } catch {
              self.state.withLock { $0.failure = error }
              throw error
            }
            number += 1
            // Slower than it is forwarded.
            try await Task.sleep(for: .milliseconds(5))
          }
        }
      }
    }
  }
}

/// Kills the database, or the node with the outbox, at random moments, while callers write. `make
/// crash-test` does it more often.
@Suite(.serialized) struct KillTests {
  private static let kills =
    ProcessInfo.processInfo.environment["TOKENWIRE_CRASH_KILLS"].flatMap { Int($0) } ?? 20
  private static let callers = 16

  @Test func `each acknowledged entry is there once, whenever the database is killed`()
    async throws
  {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      let callers = PatientCallers()
      try await place.withOutbox { log in
        let writing = Task { try await callers.write(to: log, count: Self.callers) }
        for _ in 0 ..< Self.kills {
          try await callers.waitForMore(20)
          try await server.kill()
          try await server.start()
        }
        callers.stop()
        try await writing.value
        try await place.waitUntilForwarded()
        while log.condition != .working { await Task.yield() }
      }
      let central = try await place.openCentral()
      let found = try await central.entries()
      let expected = callers.acknowledged
      #expect(found.count == expected.count)
      #expect(
        found.allSatisfy { entry in
          expected[Identifier(entry.id.description)] == entry.prompt.map { Identifier($0) }
        }
      )
      #expect(Set(found.map(\.id)).count == found.count)
      await central.close()
    }
  }

  @Test func `each acknowledged entry is there once, whenever the node is killed`() async throws {
    try await withPlace { place in
      let central = try await place.openCentral()
      var stored: [Identifier: Identifier] = [:]
      var next = Array(repeating: 0, count: Self.callers)
      for _ in 0 ..< max(Self.kills / 2, 1) {
        let node = try await KilledNode.run(
          at: "outbox:\(place.outbox) \(place.url)",
          from: next,
          killAfter: Int.random(in: 0 ..< 200)
        )
        #expect(node.status == .signaled(9), "\(node.errors)")
        #expect(node.add(to: &stored, next: &next))
      }
      try await place.withOutbox { _ in try await place.waitUntilForwarded() }
      var ids: Set<Identifier> = []
      var keys: Set<Identifier> = []
      for entry in try await central.entries() {
        #expect(ids.insert(Identifier(entry.id.description)).inserted)
        #expect(keys.insert(entry.idempotencyKey).inserted)
      }
      #expect(!stored.isEmpty)
      #expect(Set(stored.keys).subtracting(keys).isEmpty)
      // One that a killed node did not tell of is sent again, and the log keeps the first of both: all
      // others have the ids that were told.
      #expect(Set(stored.values).subtracting(ids).count <= Self.callers * max(Self.kills / 2, 1))
      #expect(keys.count <= stored.count + Self.callers)
      await central.close()
    }
  }
}
