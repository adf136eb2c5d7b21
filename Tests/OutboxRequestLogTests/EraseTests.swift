import Foundation
import Identifiers
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog
import TestPostgreSQL
import Testing

@testable import OutboxRequestLog

@Suite struct EraseTests {
  @Test func `erasing removes what is there and what still waits`() async throws {
    try await withPlace { place in
      let log = try await place.openOutbox()
      let database = try #require(log.target)
      let local = try #require(log.local as? SQLiteLogStore)
      var forwarded: [StoredEntry] = []
      for user: Identifier in ["ada", "bob"] {
        forwarded.append(try await log.append(.sample("there", user: user)))
      }
      while try await log.forwardBatch(to: database) {}
      for user: Identifier in ["ada", "bob"] {
        _ = try await log.append(.sample("waits", user: user))
      }
      let removal = try await log.erase(user: "ada")
      #expect(removal.entries == 2)
      #expect(try await local.prompts(of: "ada") == [])
      while try await log.forwardBatch(to: database) {}
      #expect(try await log.prompts(of: "ada") == [])
      #expect(try await log.prompts(of: "bob") == ["there", "waits"])
      await log.close()
    }
  }

  @Test func `nothing of a user is forwarded behind an erasure, however often they meet`()
    async throws
  {
    try await withPlace { place in
      try await place.withOutbox { log in
        for _ in 0 ..< 20 {
          for number in 0 ..< 20 { _ = try await log.append(.sample("\(number)")) }
          _ = try await log.erase(user: "ada")
          #expect(try await place.waiting() == 0)
          #expect(try await log.entries() == [])
        }
      }
    }
  }

  @Test func `an erasure does not wait for all that is forwarded before it`() async throws {
    try await withPlace { place in
      let local = try await place.openLocal()
      try await withThrowingDiscardingTaskGroup { group in
        for _ in 0 ..< 100 {
          group.addTask {
            for number in 0 ..< 120 {
              _ = try await local.append(.sample("\(number)", user: "bob"))
            }
          }
        }
      }
      await local.close()
      try await place.withOutbox { log in
        while try await place.waiting() > 11_900 { await Task.yield() }
        _ = try await log.erase(user: "ada")
        #expect(try await place.waiting() > 0)
        try await place.waitUntilForwarded()
        #expect(try await log.stats().total.entries == 12_000)
      }
    }
  }

  @Test func `what could not be forwarded and is erased is no failure any more`() async throws {
    try await withPlace { place in
      try await place.withOutbox { log in
        try await place.execute(
          "ALTER TABLE tokenwire.entries RENAME COLUMN generation_id TO other"
        )
        _ = try await log.append(.sample())
        _ = await log.conditions.change(from: .working)
        try await place.execute(
          "ALTER TABLE tokenwire.entries RENAME COLUMN other TO generation_id"
        )
        _ = try? await log.erase(user: "ada")
        while log.condition != .working { await Task.yield() }
      }
    }
  }

  @Test func `without the database, the outbox is erased, and the rest is told`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      try await place.withOutbox { log in
        _ = try await log.append(.sample("there"))
        try await place.waitUntilForwarded()
        try await server.stop()
        _ = try await log.append(.sample("waits"))
        let error = await #expect(throws: LogError.self) { _ = try await log.erase(user: "ada") }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("The outbox has nothing of the user any more") == true)
        #expect(try await place.waiting() == 0)
        try await server.start()
        while log.condition != .working { await Task.yield() }
        #expect(try await log.prompts() == ["there"])
        #expect(try await log.erase(user: "ada").entries == 1)
        #expect(try await log.prompts() == [])
      }
    }
  }
}
