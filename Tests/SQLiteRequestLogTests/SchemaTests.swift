import Foundation
import Identifiers
import SQLite
import Testing

@testable import RequestLog
@testable import SQLiteRequestLog

@Suite struct SchemaTests {
  @Test func `an older file is upgraded, with a copy beside it`() async throws {
    try await withTemporaryFile { path in
      try await withLog(at: path) { _ = try await $0.append(.sample()) }
      let newer = LogSchema.steps + ["CREATE TABLE later (x)"]
      let log = try await SQLiteLogStore.open(path, .init(), schema: newer, .silent)
      _ = try await log.append(.sample())
      await log.close()
      #expect(try integer("PRAGMA user_version", in: path) == Int64(newer.count))
      #expect(try integer("SELECT count(*) FROM entries", in: path) == 2)
      let copy = "\(path).v\(LogSchema.steps.count)"
      #expect(try integer("PRAGMA user_version", in: copy) == Int64(LogSchema.steps.count))
      #expect(try integer("SELECT count(*) FROM entries", in: copy) == 1)
      let attributes = try FileManager.default.attributesOfItem(atPath: copy)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
  }

  @Test func `a file without sessions is upgraded, and its entries belong to none`() async throws {
    try await withTemporaryFile { path in
      let older = Array(LogSchema.steps.dropLast())
      let connection = try Connection(path: path)
      try connection.addWordTokenizer()
      try connection.migrate(older)
      try connection.execute(
        """
        INSERT INTO entries (
          position, id, user_id, bytes, model, generation_id, prompt_bytes, response_bytes
        ) VALUES (256000, '\(ULID(milliseconds: 1))', 'ada', 2, 'm', '', 1, 1)
        """
      )
      try await withLog(at: path) { log in
        #expect(try await log.entries(LogQuery()).map(\.sessionID) == [""])
        var entry = NewEntry.sample()
        entry.sessionID = "s"
        _ = try await log.append(entry)
        #expect(try await log.entries(LogQuery(sessionID: "s")).count == 1)
      }
      #expect(try integer("PRAGMA user_version", in: "\(path).v\(older.count)") != nil)
    }
  }

  @Test(arguments: [0, 1, 7])
  func `a database of another program is no log, and is left alone`(version: Int) async throws {
    try await withTemporaryFile { path in
      try Connection(path: path).execute(
        "CREATE TABLE customers (name); PRAGMA user_version = \(version); PRAGMA journal_mode = DELETE"
      )
      let before = try Data(contentsOf: URL(filePath: path))
      let error = await #expect(throws: LogError.self) {
        try await SQLiteLogStore.open(path: path, logger: .silent)
      }
      #expect(error?.message == "The file is not a log: another program has made it")
      let read = await #expect(throws: LogError.self) {
        try await ReadOnlyLog.open(path: path, logger: .silent)
      }
      #expect(read?.message == "The file is not a log: another program has made it")
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
      #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
    }
  }

  @Test func `a newer file is refused, and left alone`() async throws {
    try await withTemporaryFile { path in
      try await withLog(at: path) { _ = try await $0.append(.sample()) }
      let version = LogSchema.steps.count + 1
      try Connection(path: path).execute("PRAGMA user_version = \(version)")
      let error = await #expect(throws: LogError.self) {
        try await SQLiteLogStore.open(path: path, logger: .silent)
      }
      #expect(error?.code == .newerSchema)
      #expect(
        error?.message == """
          the database has schema version \(version), but this version of the program knows only \
          \(version - 1): use a newer one
          """
      )
      #expect(try integer("PRAGMA user_version", in: path) == Int64(version))
    }
  }

  @Test func `a current file gets no copy`() async throws {
    try await withTemporaryFile { path in
      for _ in 0 ..< 2 { try await withLog(at: path) { _ = try await $0.append(.sample()) } }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(Set(files) == ["log.sqlite", "log.sqlite.lock"])
    }
  }
}
