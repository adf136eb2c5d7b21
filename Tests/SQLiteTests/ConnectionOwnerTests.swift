import Foundation
import SQLite
import Testing

@Suite struct ConnectionOwnerTests {
  private static func check(_ path: String) throws(SQLiteError) {
    try Connection.checkOwner(of: path, having: "ours", kind: "ours")
  }

  @Test(
    arguments: [
      "CREATE TABLE customers (name)",
      "CREATE TABLE customers (name); PRAGMA user_version = 1",
      "PRAGMA user_version = 7; PRAGMA page_size",
      "CREATE TABLE ours (x)",
      "CREATE VIEW ours AS SELECT 1; PRAGMA user_version = 1",
    ]
  )
  func `a database of another program is refused, and left alone`(sql: String) throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("\(sql); PRAGMA journal_mode = DELETE")
      let before = try Data(contentsOf: URL(filePath: path))
      let error = #expect(throws: SQLiteError.self) { try Self.check(path) }
      #expect(error?.code == .foreign)
      #expect(error?.message == "the file is not ours: another program has made it")
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    }
  }

  @Test func `a file of this program is not, whether it has steps or not`() throws {
    try withTemporaryFile { path in
      try Self.check(path)
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      try Self.check(path)
      let connection = try Connection(path: path)
      try Self.check(path)
      try connection.migrate(["CREATE TABLE ours (x)"])
      try Self.check(path)
      try connection.migrate(["CREATE TABLE ours (x)", "CREATE TABLE more (x)"])
      try Self.check(path)
    }
  }

  @Test func `a file that is no database says so`() throws {
    try withTemporaryFile { path in
      try Data("a text that is long enough to be read as the head of a file".utf8)
        .write(to: URL(filePath: path))
      let error = #expect(throws: SQLiteError.self) { try Self.check(path) }
      #expect(error?.code == .notADatabase)
    }
  }
}
