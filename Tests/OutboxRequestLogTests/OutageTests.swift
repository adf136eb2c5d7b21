import Foundation
import Identifiers
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog
import TestPostgreSQL
import Testing

@testable import OutboxRequestLog

/// The database is away.
@Suite struct OutageTests {
  @Test func `it opens without its database, and forwards when that is there`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      let lines = Lines()
      try await server.stop()
      try await place.withOutbox(logger: lines.logger) { log in
        #expect(
          log.condition
            == .unavailable(
              "The log's database cannot be opened; entries are accepted, and wait in the outbox"
            )
        )
        let entry = try await log.append(.sample())
        for query in [LogQuery(), LogQuery(order: .oldestFirst, follows: true)] {
          let error = #expect(throws: LogError.self) { _ = try log.query(query) }
          #expect(error?.code == .unavailable)
        }
        let invalid = #expect(throws: LogError.self) { _ = try log.query(LogQuery(limit: -1)) }
        #expect(invalid?.code == .invalid)
        let error = await #expect(throws: LogError.self) { _ = try await log.stats() }
        #expect(error?.code == .unavailable)
        #expect(try await log.prune(Retention(maximumAge: .seconds(1))) == .none)
        #expect(await !log.exceeds(Retention(maximumBytes: 1)))
        #expect(try await place.waiting() == 1)

        try await server.start()
        try await place.waitUntilForwarded()
        #expect(try await log.entries() == [entry])
        #expect(log.condition == .working)
      }
      #expect(lines.all.count { $0.contains("cannot be opened") } == 1)
      #expect(lines.all.count { $0.contains("is there; entries are forwarded") } == 1)
    }
  }

  @Test func `while the database is away, entries are stored and its health says so`() async throws
  {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      try await place.withOutbox { log in
        var entries = [try await log.append(.sample("0"))]
        try await place.waitUntilForwarded()
        try await server.stop()
        entries.append(try await log.append(.sample("1")))
        #expect(await log.conditions.change(from: .working) != nil)
        let error = await #expect(throws: LogError.self) { _ = try await log.entries() }
        #expect(error?.code == .unavailable)
        entries.append(try await log.append(.sample("2")))
        #expect(try await place.waiting() == 2)
        try await server.start()
        try await place.waitUntilForwarded()
        while log.condition != .working { await Task.yield() }
        #expect(try await log.entries() == entries)
      }
    }
  }

  @Test func `a database that does not answer keeps no caller waiting`() async throws {
    let server = try await PostgreSQLServer.start()
    let impatient = PostgresLogStore.Configuration(
      responseTime: .milliseconds(300),
      patience: .milliseconds(300),
      doubtTime: .milliseconds(600)
    )
    try await withPlace(on: server) { place in
      try await place.withOutbox(central: impatient) { log in
        var entries = [try await log.append(.sample("0"))]
        try await place.waitUntilForwarded()
        try await server.suspend()
        for number in 1 ... 20 { entries.append(try await log.append(.sample("\(number)"))) }
        #expect(await log.conditions.change(from: .working) != nil)
        entries.append(try await log.append(.sample("last")))
        #expect(try await place.waiting() == 21)
        try await server.resume()
        try await place.waitUntilForwarded()
        while log.condition != .working { await Task.yield() }
        #expect(try await log.entries() == entries)
      }
    }
  }

  @Test func `what was not forwarded is forwarded after a restart`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      try await server.stop()
      let entry = try await place.withOutbox { log in try await log.append(.sample()) }
      #expect(try await place.waiting() == 1)
      try await server.start()
      try await place.withOutbox { log in
        try await place.waitUntilForwarded()
        #expect(try await log.entries() == [entry])
      }
    }
  }

  @Test func `closing forwards what waits, and leaves nothing of it in the files`() async throws {
    try await withPlace { place in
      let log = try await place.openOutbox()
      let secret = "The password is correct-horse-battery-staple"
      for number in 0 ..< 50 { _ = try await log.append(.sample("\(secret) \(number)")) }
      await log.close()
      #expect(try await place.waiting() == 0)
      for suffix in ["", "-wal"] {
        let bytes = FileManager.default.contents(atPath: place.outbox + suffix) ?? Data()
        #expect(bytes.range(of: Data("correct-horse".utf8)) == nil)
      }
      let central = try await place.openCentral()
      #expect(try await central.entries().count == 50)
      await central.close()
      let error = await #expect(throws: LogError.self) { _ = try await log.append(.sample()) }
      #expect(error?.code == .unavailable)
    }
  }

  @Test func `a database of a newer version ends the start, and is told of later`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      let central = try await place.openCentral()
      await central.close()
      try await place.execute("UPDATE tokenwire.schema_version SET version = 1000")
      let error = await #expect(throws: LogError.self) { _ = try await place.openOutbox() }
      #expect(error?.code == .newerSchema)
      // Its file is closed.
      let local = try await place.openLocal()
      await local.close()

      try await server.stop()
      try await place.withOutbox { log in
        try await server.start()
        _ = try await log.append(.sample())
        var condition = log.condition
        while case .unavailable(let reason) = condition, !reason.text.contains("newer version") {
          condition = try #require(await log.conditions.change(from: condition))
        }
        #expect(
          condition
            == .unavailable(
              """
              The log's database belongs to a newer version of this program; entries are accepted, and \
              wait in the outbox
              """
            )
        )
        #expect(try await place.waiting() == 1)
      }
    }
  }

  @Test func `a failure that is not an outage is told, and tried again`() async throws {
    try await withPlace { place in
      let lines = Lines()
      try await place.withOutbox(logger: lines.logger) { log in
        try await place.execute(
          """
          CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '42501'; END $$;
          CREATE TRIGGER refuse BEFORE INSERT ON tokenwire.entries
            FOR EACH ROW EXECUTE FUNCTION public.refuse();
          """
        )
        let entry = try await log.append(.sample())
        let condition = await log.conditions.change(from: .working)
        #expect(
          condition
            == .unavailable(
              "The log's database does not take entries; entries are accepted, and wait in the outbox"
            )
        )
        try await place.execute("DROP TRIGGER refuse ON tokenwire.entries")
        try await place.waitUntilForwarded()
        while log.condition != .working { await Task.yield() }
        #expect(try await log.entries() == [entry])
      }
      #expect(lines.all.count { $0.contains("cannot be forwarded") } == 1)
    }
  }

  @Test func `a full outbox refuses entries until there is room again`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      let text = String(repeating: "x", count: 10_000)
      try await server.stop()
      try await place.withOutbox(maximumBytes: 1 << 20) { log in
        var count = 0
        var failure: LogError?
        while failure == nil {
          do throws(LogError) {
            _ = try await log.append(.sample("\(count) \(text)"))
            count += 1
          } catch {
            failure = error
          }
        }
        #expect(failure?.code == .overloaded)
        #expect(failure?.retryAfter != nil)
        #expect(failure?.message.contains("outbox is full") == true)
        #expect((50 ... 105).contains(count))
        let size = try FileManager.default.attributesOfItem(atPath: place.outbox)[.size] as? Int
        #expect(try #require(size) <= 3 << 19)
        // A small one may still fit, and later ones do not.
        try await server.start()
        try await place.waitUntilForwarded()
        _ = try await log.append(.sample("\(count) \(text)"))
        try await place.waitUntilForwarded()
        #expect(try await log.entries().count == count + 1)
      }
    }
  }

  @Test func `many callers at once do not store much more than there is room for`() async throws {
    let server = try await PostgreSQLServer.start()
    try await withPlace(on: server) { place in
      let text = String(repeating: "x", count: 10_000)
      try await server.stop()
      let stored = try await place.withOutbox(maximumBytes: 1 << 20) { log in
        await withTaskGroup(of: Bool.self) { group in
          for number in 0 ..< 400 {
            group.addTask { (try? await log.append(.sample("\(number) \(text)"))) != nil }
          }
          return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
      }
      #expect((50 ... 105).contains(stored))
      #expect(try await place.waiting() == stored)
    }
  }
}
