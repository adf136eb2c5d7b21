import SQLite
import Testing

@Suite struct SQLiteErrorTests {
  /// Functions of SQL quote what they were given in SQLite's text.
  @Test func `an error has no argument in it`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      let statement = try connection.prepare("SELECT json_extract('{}', ?1)")
      try statement.bind("secret", at: 1)
      let error = #expect(throws: SQLiteError.self) { try statement.run() }
      #expect(error?.code == .error)
      #expect(error?.message == "SQL logic error")
    }
  }

  @Test func `an error has no value of a row in it`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x TEXT UNIQUE CHECK (x != 'other'))")
      let statement = try connection.prepare("INSERT INTO t VALUES (?1)")
      try statement.bind("secret", at: 1)
      try statement.run()
      let twice = #expect(throws: SQLiteError.self) { try statement.run() }
      #expect(twice?.message == "UNIQUE constraint failed: t.x")
      try statement.bind("other", at: 1)
      let check = #expect(throws: SQLiteError.self) { try statement.run() }
      #expect(check?.message == "CHECK constraint failed: x != 'other'")
    }
  }
}
