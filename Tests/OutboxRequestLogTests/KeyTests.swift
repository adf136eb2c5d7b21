import Identifiers
import RequestLog
import Testing

@testable import OutboxRequestLog

/// Idempotency keys that the database learns of late.
@Suite struct KeyTests {
  @Test func `while its entry is in the outbox, a key is answered with it`() async throws {
    try await withPlace { place in
      let log = try await place.openOutbox()
      let first = try await log.append(.sample("a", key: "k"))
      #expect(try await log.append(.sample("a", key: "k")) == first)
      let error = await #expect(throws: LogError.self) {
        _ = try await log.append(.sample("b", key: "k"))
      }
      #expect(error?.code == .alreadyExists)
      await log.close()
      #expect(try await place.waiting() == 0)
    }
  }

  @Test func `of equal entries with one key, on two nodes, the log keeps the first`() async throws {
    try await withPlace { place in
      let lines = Lines()
      let (one, two) = (place.file("one"), place.file("two"))
      let (first, second) = try await place.withOutbox(one, logger: lines.logger) { log in
        let first = try await log.append(.sample("a", key: "k"))
        try await place.waitUntilForwarded(one)
        return try await place.withOutbox(two, logger: lines.logger) { other in
          let second = try await other.append(.sample("a", key: "k"))
          try await place.waitUntilForwarded(two)
          #expect(try await other.entries() == [first])
          return (first, second)
        }
      }
      #expect(first.id != second.id)
      #expect(lines.all.contains { $0.contains("sent twice") })
    }
  }

  @Test func `an entry with another's key is kept without it, and told of`() async throws {
    try await withPlace { place in
      let lines = Lines()
      try await place.withOutbox(logger: lines.logger) { log in
        let first = try await log.append(.sample("a", key: "k"))
        try await place.waitUntilForwarded()
        var second = try await log.append(.sample("b", key: "k"))
        try await place.waitUntilForwarded()
        second.idempotencyKey = ""
        #expect(try await log.entries() == [first, second])
        // Each user has keys of their own.
        let other = try await log.append(.sample("b", user: "bob", key: "k"))
        try await place.waitUntilForwarded()
        #expect(try await log.entries().last == other)
      }
      #expect(lines.all.count { $0.contains("idempotency key belongs to another") } == 1)
    }
  }
}
