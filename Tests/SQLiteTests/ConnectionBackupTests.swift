import SQLite
import Testing

@Suite struct ConnectionBackupTests {
  @Test func `a copy is of one state, while others write`() throws {
    try withTemporaryFile { path in
      let writer = try Connection(path: path)
      try writer.execute("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))")
      let reader = try Connection(path: path, access: .readOnly)
      let copy = try Connection(path: path + ".copy")
      var steps: [Connection.BackupProgress] = []
      let isWhole = try reader.backup(to: copy, pagesPerStep: 4) { progress in
        steps.append(progress)
        return (try? writer.execute("INSERT INTO t VALUES (1)")) != nil
      }
      #expect(isWhole)
      #expect(steps.count > 5)
      #expect(steps.map(\.copied) == steps.map(\.copied).sorted())
      #expect(steps.last.map { $0.copied == $0.total } == true)
      #expect(try copy.integer("SELECT count(*) FROM t") == 1)
      #expect(try copy.text("PRAGMA integrity_check") == "ok")
      #expect(try writer.integer("SELECT count(*) FROM t") == Int64(steps.count + 1))
    }
  }

  @Test func `a copy that is given up leaves nothing`() throws {
    try withTemporaryFile { path in
      let source = try Connection(path: path)
      try source.execute("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))")
      let copy = try Connection(path: path + ".copy")
      #expect(try source.backup(to: copy, pagesPerStep: 4) { _ in false } == false)
      #expect(try copy.integer("SELECT count(*) FROM sqlite_schema") == 0)
      // The source has given up its state.
      try source.execute("DROP TABLE t")
    }
  }

  @Test func `a destination that is in use is an error`() throws {
    try withTemporaryFile { path in
      let source = try Connection(path: path)
      try source.execute("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))")
      let copy = try Connection(path: path + ".copy")
      try copy.execute("BEGIN IMMEDIATE")
      let error = #expect(throws: SQLiteError.self) { try source.backup(to: copy) { _ in true } }
      #expect(error?.message == "destination database is in use")
      try copy.execute("ROLLBACK")
      #expect(try source.backup(to: copy) { _ in true })
    }
  }
}
