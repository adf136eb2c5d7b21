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
private final class NearlyFullDisk: LogStandIn, ForwardingSource {
  let log: SQLiteLogStore
  let free: Mutex<Int?>

  init(_ log: SQLiteLogStore, free: Int) {
    self.log = log
    self.free = Mutex(free)
  }

  var freeDiskBytes: Int? { self.free.withLock { $0 } }

  func remove(_ ids: [ULID]) async throws(LogError) { try await self.log.remove(ids) }

  func cleanUp() async throws(LogError) { try await self.log.cleanUp() }

  func usedBytes() async throws(LogError) -> Int { try await self.log.usedBytes() }
}
