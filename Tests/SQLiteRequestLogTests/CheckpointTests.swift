import Foundation
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct CheckpointTests {
  @Test func `commits are copied from the write-ahead log while others are made`() async throws {
    try await withLog { log, path in
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask { await log.keepCheckpointed() }
        for round in 1 ... 3 {
          // Far fewer than the log copies by itself.
          try await log.fill(count: 50)
          await waitUntil { Self.count(withoutLog: path) == 50 * round }
        }
        group.cancelAll()
      }
    }
  }

  @Test func `keeping checkpoints ends with the log`() async throws {
    try await withTemporaryFile { path in
      let log = try await SQLiteLogStore.open(path: path, logger: .silent)
      async let checkpoints: Void = log.keepCheckpointed()
      _ = try await log.append(.sample())
      await log.close()
      await checkpoints
      #expect(Self.size(of: path + "-wal") == 0)
    }
  }

  /// Of the entries that are in the database, and not only in the write-ahead log; nil when it is
  /// written to.
  private static func count(withoutLog path: String) -> Int? {
    let copy = path + ".copy"
    defer {
      for file in [copy, copy + "-wal", copy + "-shm"] {
        try? FileManager.default.removeItem(atPath: file)
      }
    }
    try? FileManager.default.copyItem(atPath: path, toPath: copy)
    return try? integer("SELECT count(*) FROM entries", on: Connection(path: copy)).map { Int($0) }
  }

  private static func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.size] as? Int ?? 0
  }
}
