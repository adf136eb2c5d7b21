import Foundation
import Identifiers
import RequestLog
import SQLiteRequestLog
import Synchronization
import Testing

@testable import OutboxRequestLog

/// The disk of the outbox is nearly full.
@Suite struct DiskTests {
  @Test func `what removing entries needs of the disk is never used up`() async throws {
    try await withPlace { place in
      let local = NearlyFullDisk(try await place.openLocal(), free: OutboxRoom.diskReserve + 10_000)
      let log = try await OutboxLog.open(local, maximumBytes: 1 << 30, logger: .silent) {
        (_) throws(LogError) in try await place.openCentral()
      }
      try await log.running {
        _ = try await log.append(.sample("0"))
        let long = String(repeating: "x", count: 20_000)
        for (free, prompt) in [(OutboxRoom.diskReserve + 10_000, long), (1 << 20, "1")] {
          local.free.withLock { $0 = free }
          let error = await #expect(throws: LogError.self) { try await log.append(.sample(prompt)) }
          #expect(error?.code == .diskFull)
          #expect(error?.retryAfter != nil)
          #expect(error?.message.contains("has less than 64 MiB left") == true)
        }
        // What is there is forwarded all the same.
        try await place.waitUntilForwarded()
        local.free.withLock { $0 = nil }
        _ = try await log.append(.sample("2"))
        try await place.waitUntilForwarded()
        #expect(try await log.prompts() == ["0", "2"])
      }
    }
  }

  @Test func `the disk of a log's file is the one that it is on`() async throws {
    try await withPlace { place in
      let log = try await place.openLocal()
      let attributes = try FileManager.default.attributesOfFileSystem(forPath: place.folder)
      let size = try #require(attributes[.systemSize] as? Int)
      #expect(try (1 ... size).contains(#require(log.freeDiskBytes)))
      await log.close()
    }
  }
}

/// A log on a disk that has as little left as a test says.
private final class NearlyFullDisk: ForwardingSource {
  private let log: SQLiteLogStore
  let free: Mutex<Int?>

  init(_ log: SQLiteLogStore, free: Int) {
    self.log = log
    self.free = Mutex(free)
  }

  var freeDiskBytes: Int? { self.free.withLock { $0 } }

  var conditions: LogConditions { self.log.conditions }

  func remove(_ ids: [ULID]) async throws(LogError) { try await self.log.remove(ids) }

  func cleanUp() async throws(LogError) { try await self.log.cleanUp() }

  func usedBytes() async throws(LogError) -> Int { try await self.log.usedBytes() }

  func append(_ entry: NewEntry) async throws(LogError) -> StoredEntry {
    try await self.log.append(entry)
  }

  func query(_ query: LogQuery) throws(LogError) -> LogEntries { try self.log.query(query) }

  func endFollowing() { self.log.endFollowing() }

  func stats(of userID: Identifier?) async throws(LogError) -> LogStatistics {
    try await self.log.stats(of: userID)
  }

  func erase(user userID: Identifier) async throws(LogError) -> Removal {
    try await self.log.erase(user: userID)
  }

  func prune(_ retention: Retention) async throws(LogError) -> Removal {
    try await self.log.prune(retention)
  }

  func exceeds(_ retention: Retention) async -> Bool { await self.log.exceeds(retention) }

  func run() async { await self.log.run() }

  func close() async { await self.log.close() }
}
