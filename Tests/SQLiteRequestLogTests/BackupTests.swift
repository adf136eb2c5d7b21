import Foundation
import Synchronization
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct BackupTests {
  @Test func `a backup is a log of one state, while entries are stored`() async throws {
    try await withLog { log, path in
      for number in 0 ..< 20 {
        let text = String(repeating: "word\(number) ", count: 20_000)
        _ = try await log.append(.sample(text))
      }
      let before = try await log.entries(LogQuery())
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      let steps = Mutex<[BackupProgress]>([])
      let copy = path + ".backup"
      async let appended: Void = log.fill(count: 50)
      try await reader.backup(to: copy) { progress in steps.withLock { $0.append(progress) } }
      try await appended
      let progress = steps.withLock { $0 }
      #expect(progress.count > 2)
      #expect(progress.last.map { $0.copiedBytes == $0.totalBytes } == true)
      let attributes = try FileManager.default.attributesOfItem(atPath: copy)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      let restored = try await withLog(at: copy) { try await $0.entries(LogQuery()) }
      #expect(restored.suffix(20) == before[...])
      #expect(try await log.entries(LogQuery()).count == 70)
    }
  }

  @Test func `a file that is there is not overwritten`() async throws {
    try await withLog { log, path in
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      let error = await #expect(throws: LogError.self) { try await reader.backup(to: path) }
      #expect(error?.code == .invalid)
      _ = try await log.append(.sample())
    }
  }

  @Test func `a backup that is cancelled or fails leaves no file`() async throws {
    try await withLog { log, path in
      for _ in 0 ..< 3 {
        _ = try await log.append(.sample(String(repeating: "word ", count: 200_000)))
      }
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      let copy = path + ".backup"
      let cancelled = Task {
        // Called by the task that is cancelled here.
        try await reader.backup(to: copy) { _ in withUnsafeCurrentTask { $0?.cancel() } }
      }
      let error = await #expect(throws: LogError.self) { try await cancelled.value }
      #expect(error?.code == .cancelled)
      let nowhere = await #expect(throws: LogError.self) {
        try await reader.backup(to: path + "/no/folder")
      }
      #expect(nowhere?.message == "The file cannot be created")
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!files.contains { $0.contains("backup") })
      _ = try await log.entries(LogQuery())
    }
  }
}
