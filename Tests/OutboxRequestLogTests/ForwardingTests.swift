import Foundation
import Identifiers
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog
import TestPostgreSQL
import Testing

@testable import OutboxRequestLog

@Suite struct ForwardingTests {
  @Test func `entries arrive in order, as they were acknowledged, and leave the outbox`()
    async throws
  {
    try await withPlace { place in
      var acknowledged: [StoredEntry] = []
      try await place.withOutbox { log in
        #expect(log.durability == .localSynced)
        for number in 0 ..< 300 {
          acknowledged.append(try await log.append(.sample("\(number)", key: "\(number)")))
        }
        try await place.waitUntilForwarded()
        #expect(try await log.entries() == acknowledged)
        #expect(log.condition == .working)
        #expect(try await log.stats().total.entries == 300)
        let newest = try await log.entries(LogQuery(limit: 2))
        #expect(newest == [acknowledged[299], acknowledged[298]])
      }
      let central = try await place.openCentral()
      #expect(try await central.entries() == acknowledged)
      await central.close()
    }
  }

  @Test func `an id of another entry is refused, and the others go on`() async throws {
    try await withPlace { place in
      let lines = Lines()
      let central = try await place.openCentral()
      let local = try await place.openLocal()
      var entries: [StoredEntry] = []
      for number in 0 ..< 3 { entries.append(try await local.append(.sample("\(number)"))) }
      var other = entries[1]
      other.content = .text(prompt: "other", response: "Because.")
      _ = try await central.importBatch([other])
      await local.close()
      try await place.withOutbox(logger: lines.logger) { log in
        while try await place.waiting() > 1 { try await Task.sleep(for: .milliseconds(2)) }
        _ = try await log.append(.sample("3"))
        while try await place.waiting() > 1 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(log.condition == .working)
      }
      #expect(try await central.prompts() == ["other", "0", "2", "3"])
      #expect(lines.all.count { $0.contains("refuses an entry") } == 1)
      // It can still be exported.
      let left = try await place.openLocal()
      #expect(try await left.entries() == [entries[1]])
      await left.close()
      await central.close()
    }
  }

  @Test func `what the database refuses of one entry does not keep the others back`() async throws {
    try await withPlace { place in
      let central = try await place.openCentral()
      try await place.execute("ALTER TABLE tokenwire.entries ADD CHECK (prompt <> 'refused')")
      try await place.withOutbox { log in
        for prompt in ["a", "refused", "b", "c"] { _ = try await log.append(.sample(prompt)) }
        while try await place.waiting() > 1 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(try await log.prompts() == ["a", "b", "c"])
      }
      #expect(try await place.waiting() == 1)
      await central.close()
    }
  }

  @Test func `a follower gets what comes late and what others log meanwhile, each once`()
    async throws
  {
    try await withPlace { place in
      let local = try await place.openLocal()
      for number in 0 ..< 200 { _ = try await local.append(.sample("old \(number)")) }
      await local.close()
      let central = try await place.openCentral()
      let reader = try await place.openCentral()
      let followed = try await reader.running { () -> [StoredEntry] in
        let query = LogQuery(limit: 400, order: .oldestFirst, follows: true)
        let follower = Task { try await reader.entries(query) }
        let other = Task {
          for number in 0 ..< 200 { _ = try await central.append(.sample("new \(number)")) }
        }
        return try await place.withOutbox { _ in
          try await other.value
          return try await follower.value
        }
      }
      #expect(Set(followed.map(\.id)).count == 400)
      #expect(followed == (try await central.entries()))
      for kind in ["old", "new"] {
        let prompts = followed.compactMap(\.prompt).filter { $0.contains(kind) }
        #expect(prompts == (0 ..< 200).map { "\(kind) \($0)" })
      }
      await reader.close()
      await central.close()
    }
  }

  @Test func `new entries of the database have ids of their own after forwarded ones`() async throws
  {
    try await withPlace { place in
      let clock = Timestamp(microseconds: 1_700_000_000_000_000)
      // All in one millisecond.
      let central = try await place.openCentral(.init(clock: { clock }))
      let local = try await SQLiteLogStore.open(
        path: place.outbox,
        configuration: .init(clock: { clock }),
        logger: .silent
      )
      var forwarded: [StoredEntry] = []
      for number in 0 ..< 100 {
        let entry = try await local.append(.sample("local \(number)"))
        _ = try await central.forward([entry])
        forwarded.append(entry)
        _ = try await central.append(.sample("central \(number)"))
      }
      let all = try await central.entries()
      #expect(Set(all.map(\.id)).count == 200)
      #expect(all.filter { forwarded.contains($0) } == forwarded)
      let own = all.filter { !forwarded.contains($0) }
      #expect(own.map(\.id) == own.map(\.id).sorted())
      await local.close()
      await central.close()
    }
  }
}
