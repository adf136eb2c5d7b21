import Foundation
import Identifiers
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct ReadOnlyLogTests {
  @Test func `a log is read while another writes to it, and when nobody does`() async throws {
    try await withTemporaryFile { path in
      try await withLog(at: path) { log in
        try await log.fill(count: 3)
        let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
        #expect(try await reader.stats().total.entries == 3)
        _ = try await log.append(.sample())
        #expect(try await reader.stats() == log.stats())
      }
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      #expect(try await reader.stats().users.keys.sorted() == ["ada"])
    }
  }

  @Test func `an export has the entries of its beginning, while others are stored`() async throws {
    try await withLog { log, path in
      try await log.fill(count: 400)
      let before = try await log.entries(LogQuery(order: .oldestFirst))
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      async let appended: Void = log.fill(count: 400)
      var steps: [Int] = []
      let count = try await reader.export(to: path + ".jsonl") { steps.append($0) }
      try await appended
      #expect(steps == Array(1 ... count))
      let lines = try String(contentsOfFile: path + ".jsonl", encoding: .utf8)
        .split(separator: "\n").map(String.init)
      #expect(lines.count == count)
      let exported = try lines.map { try StoredEntry(jsonLine: $0) }
      #expect(exported.prefix(400) == before[...])
      let all = try await log.entries(LogQuery(order: .oldestFirst))
      #expect(exported == Array(all.prefix(count)))
      let attributes = try FileManager.default.attributesOfItem(atPath: path + ".jsonl")
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
  }

  @Test func `an export that is cancelled or fails leaves no file`() async throws {
    try await withLog { log, path in
      try await log.fill(count: 600)
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      let cancelled = Task {
        // Called by the task that is cancelled here.
        try await reader.export(to: path + ".jsonl") { _ in withUnsafeCurrentTask { $0?.cancel() } }
      }
      let error = await #expect(throws: LogError.self) { try await cancelled.value }
      #expect(error?.code == .cancelled)
      let taken = await #expect(throws: LogError.self) { try await reader.export(to: path) }
      #expect(taken?.code == .invalid)
      await #expect(throws: LogError.self) { try await reader.export(to: path + "/no/folder") }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!files.contains { $0.contains("jsonl") })
      #expect(try await log.entries(LogQuery()).count == 600)
    }
  }

  @Test func `an empty log has an empty export`() async throws {
    try await withLog { _, path in
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      #expect(try await reader.export(to: path + ".jsonl") == 0)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".jsonl")).isEmpty)
    }
  }

  @Test func `what is no log of this version is refused, and left alone`() async throws {
    try await withTemporaryFile { path in
      await Self.expect(.unavailable, "There is no such file", opening: path)
      #expect(!FileManager.default.fileExists(atPath: path))
      let other = try Connection(path: path)
      await Self.expect(.unavailable, "The file is not a log", opening: path)
      try other.execute("CREATE TABLE entries (x)")
      for (version, code) in [
        (LogSchema.steps.count + 1, LogError.Code.newerSchema), (LogSchema.steps.count, nil),
      ] {
        try other.execute("PRAGMA user_version = \(version)")
        let error = await Self.error(opening: path)
        #expect(error?.code == code)
      }
      try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: path + "2"))
      await Self.expect(.unavailable, "The log cannot be read now", opening: path + "2")
    }
  }

  private static func expect(
    _ code: LogError.Code,
    _ message: String,
    opening path: String
  ) async {
    let error = await Self.error(opening: path)
    #expect(error?.code == code)
    #expect(error?.message == message)
  }

  /// Nil when the file can be opened.
  private static func error(opening path: String) async -> LogError? {
    do {
      _ = try await ReadOnlyLog.open(path: path, logger: .silent)
      return nil
    } catch {
      return error
    }
  }

  /// Root may write everywhere: this is what others see.
  @Test(.enabled("root may write every file") { geteuid() != 0 })
  func `a log in a folder that cannot be written to is read`() async throws {
    try await withTemporaryFile { path in
      try await withLog(at: path) { try await $0.fill(count: 3) }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
      defer {
        try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
      }
      let reader = try await ReadOnlyLog.open(path: path, logger: .silent)
      #expect(try await reader.stats().total.entries == 3)
    }
  }
}
