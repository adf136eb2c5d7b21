import Identifiers
import PostgresRequestLog
import RequestLog
import SQLiteRequestLog
import Synchronization
import Testing

@testable import OutboxRequestLog

/// A database that stores what it was sent without having answered.
@Suite struct DoubtTests {
  @Test func `an attempt without an answer stores nothing of a user behind an erasure`()
    async throws
  {
    try await withPlace { place in
      let target = LateTarget(try await place.openCentral())
      let log = try await OutboxLog.open(
        place.openLocal(),
        maximumBytes: 1 << 30,
        logger: .silent
      ) { (_) throws(LogError) in target }
      _ = try await log.append(.sample("erased"))
      _ = try await log.append(.sample("kept", user: "bob"))
      await #expect(throws: LogError.self) { _ = try await log.forwardBatch(to: target) }
      #expect(try await log.prompts() == [])
      // It removes the entry from the outbox, and what arrives only now from the database.
      #expect(try await log.erase(user: "ada").entries == 2)
      _ = try await target.forward([])
      #expect(try await log.prompts() == ["kept"])
      // What is there is not sent again.
      while try await log.forwardBatch(to: target) {}
      #expect(try await log.prompts() == ["kept"])
      #expect(try await place.waiting() == 0)
      await log.close()
    }
  }
}

/// Its first entries are stored only when all that was sent before is asked for.
private final class LateTarget: LogStandIn, ForwardingTarget {
  let log: PostgresLogStore
  private let late = Mutex<[StoredEntry]?>(nil)

  init(_ log: PostgresLogStore) {
    self.log = log
  }

  func forward(_ entries: [StoredEntry]) async throws(LogError) -> [ForwardOutcome] {
    let (isFirst, late) = self.late.withLock { late -> (Bool, [StoredEntry]) in
      guard let waiting = late else {
        late = entries
        return (true, [])
      }
      late = []
      return (false, waiting)
    }
    if isFirst { throw LogError(.unavailable, "The log's database does not answer") }
    if !late.isEmpty { _ = try await self.log.forward(late) }
    return try await self.log.forward(entries)
  }
}
