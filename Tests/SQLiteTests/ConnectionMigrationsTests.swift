import SQLite
import Testing

@Suite struct ConnectionMigrationsTests {
  static let steps = [
    "CREATE TABLE t (x INTEGER)",
    "ALTER TABLE t ADD COLUMN y INTEGER; UPDATE t SET y = x + 1",
    "CREATE INDEX i ON t (y)",
  ]

  @Test(arguments: 0 ... 3)
  func `a file of each older schema is upgraded, with its rows`(version: Int) throws {
    try withTemporaryFile { path in
      try Connection(path: path).migrate(Array(Self.steps.prefix(version)))
      let connection = try Connection(path: path)
      if version > 0 { try connection.execute("INSERT INTO t (x) VALUES (1)") }
      try connection.migrate(Self.steps)
      #expect(try connection.integer("PRAGMA user_version") == 3)
      #expect(try connection.integer("SELECT count(y) FROM t") == (version == 1 ? 1 : 0))
      #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 2)
    }
  }

  @Test func `a file of a newer schema is refused, and left alone`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.migrate(Self.steps)
      let error = #expect(throws: SQLiteError.self) {
        try connection.migrate(Array(Self.steps.prefix(2)))
      }
      #expect(error?.code == .newerSchema)
      #expect(
        error?.message == """
          the database has schema version 3, but this version of the program knows only 2: use a \
          newer one
          """
      )
      #expect(try connection.integer("PRAGMA user_version") == 3)
    }
  }

  @Test func `a step that fails leaves the file as it was`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.migrate(Array(Self.steps.prefix(1)))
      #expect(throws: SQLiteError.self) {
        try connection.migrate(Self.steps + ["CREATE TABLE u (x); CREATE TABLE t (x)"])
      }
      #expect(try connection.integer("PRAGMA user_version") == 1)
      #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 1)
      try connection.migrate(Self.steps)
    }
  }

  @Test func `a current file is opened while another connection writes`() throws {
    try withTemporaryFile { path in
      let writer = try Connection(path: path)
      try writer.migrate(Self.steps)
      try writer.transaction { () throws(SQLiteError) in
        try Connection(path: path, busyTimeout: .zero).migrate(Self.steps)
      }
    }
  }
}
