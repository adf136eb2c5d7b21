import Foundation
import SQLite
import Synchronization
import Testing

@Suite struct ConnectionTests {
  @Test func `a new database and its log are for its owner alone`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x)")
      for file in [path, path + "-wal", path + "-shm"] {
        #expect(try permissions(of: file) == 0o600)
      }
    }
  }

  @Test func `a database that is there keeps its mode`() throws {
    try withTemporaryFile { path in
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try Connection(path: path).execute("CREATE TABLE t (x)")
      #expect(try permissions(of: path) == 0o640)
    }
  }

  @Test func `it writes ahead, and every commit is synchronised`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      #expect(try connection.text("PRAGMA journal_mode") == "wal")
      #expect(try connection.integer("PRAGMA synchronous") == 2)
      #expect(try connection.integer("PRAGMA foreign_keys") == 1)
    }
  }

  @Test(arguments: [Connection.Access.readOnly, .readWrite])
  func `a file that is not there is made only when asked for`(access: Connection.Access) throws {
    try withTemporaryFile { path in
      let error = #expect(throws: SQLiteError.self) { try Connection(path: path, access: access) }
      #expect(error?.code == .cannotOpen)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test(arguments: [Connection.Access.readOnly, .unchanging, .readWrite, .create])
  func `what is no regular file is refused at once`(access: Connection.Access) throws {
    try withTemporaryFile { path in
      #expect(mkfifo(path, 0o600) == 0)
      for (path, message) in [(path, "it is not a regular file"), ("/tmp", "it is a folder")] {
        let error = #expect(throws: SQLiteError.self) { try Connection(path: path, access: access) }
        #expect(error == SQLiteError(.cannotOpen, message))
      }
    }
  }

  @Test func `a reader cannot write`() throws {
    try withTemporaryFile { path in
      let writer = try Connection(path: path)
      try writer.execute("CREATE TABLE t (x); INSERT INTO t VALUES (7)")
      let reader = try Connection(path: path, access: .readOnly)
      #expect(try reader.integer("SELECT x FROM t") == 7)
      let error = #expect(throws: SQLiteError.self) { try reader.execute("DELETE FROM t") }
      #expect(error?.code == .readOnly)
    }
  }

  @Test func `a file that is no database is refused`() throws {
    try withTemporaryFile { path in
      try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: SQLiteError.self) { try Connection(path: path) }
      #expect(error?.code == .notADatabase)
      #expect(error?.description == "file is not a database")
    }
  }

  @Test func `a file that was refused is closed`() throws {
    try withTemporaryFile { path in
      try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: path))
      #expect(throws: SQLiteError.self) { try Connection(path: path) }
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
      }
      #expect(open == [])
    }
  }

  @Test func `what is committed is there for the next connection`() throws {
    try withTemporaryFile { path in
      try Connection(path: path).execute("CREATE TABLE t (x); INSERT INTO t VALUES (7)")
      #expect(try Connection(path: path).integer("SELECT x FROM t") == 7)
    }
  }

  @Test func `a transaction that throws leaves nothing`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x UNIQUE)")
      let error = #expect(throws: SQLiteError.self) {
        try connection.transaction { () throws(SQLiteError) in
          try connection.execute("INSERT INTO t VALUES (1)")
          try connection.execute("INSERT INTO t VALUES (1)")
        }
      }
      #expect(error?.code == .constraint)
      #expect(error?.extendedCode == 2067)
      #expect(error?.message == "UNIQUE constraint failed: t.x")
      #expect(try connection.integer("SELECT count(*) FROM t") == 0)
      let count = try connection.transaction { () throws(SQLiteError) in
        try connection.execute("INSERT INTO t VALUES (1)")
        return try connection.integer("SELECT count(*) FROM t")
      }
      #expect(count == 1)
    }
  }

  @Test func `a transaction that SQLite has ended itself throws its error`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x UNIQUE)")
      let error = #expect(throws: SQLiteError.self) {
        try connection.transaction { () throws(SQLiteError) in
          try connection.execute("INSERT INTO t VALUES (1)")
          try connection.execute("INSERT OR ROLLBACK INTO t VALUES (1)")
        }
      }
      #expect(error?.code == .constraint)
      try connection.transaction(.deferred) { () throws(SQLiteError) in
        try connection.execute("INSERT INTO t VALUES (1)")
      }
    }
  }

  @Test func `a reader in a transaction sees one state`() throws {
    try withTemporaryFile { path in
      let writer = try Connection(path: path)
      try writer.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
      let reader = try Connection(path: path)
      try reader.transaction(.deferred) { () throws(SQLiteError) in
        let before = try reader.integer("SELECT max(x) FROM t")
        try writer.execute("INSERT INTO t VALUES (2)")
        let after = try reader.integer("SELECT max(x) FROM t")
        #expect(before == 1 && after == 1)
      }
      #expect(try reader.integer("SELECT max(x) FROM t") == 2)
    }
  }

  @Test func `a lock that is not given up is an error after the busy timeout`() throws {
    try withTemporaryFile { path in
      let holder = try Connection(path: path)
      let other = try Connection(path: path, busyTimeout: .milliseconds(1))
      try holder.transaction { () throws(SQLiteError) in
        let error = #expect(throws: SQLiteError.self) {
          try other.transaction { () throws(SQLiteError) in }
        }
        #expect(error?.code == .busy)
        #expect(error?.message == "database is locked")
      }
      try other.transaction { () throws(SQLiteError) in }
    }
  }

  @Test func `cached statements come back without a lock and without values`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)")
      let sql = "SELECT x, ?1 FROM t"
      try connection.withStatement(sql) { (statement) throws(SQLiteError) in
        try statement.bind("secret", at: 1)
        _ = try statement.step()
        // The same SQL within is another statement.
        try connection.withStatement(sql) { (inner) throws(SQLiteError) in
          _ = try inner.step()
          #expect(inner.integer(at: 0) == 1)
          #expect(inner.text(at: 1) == nil)
        }
        _ = try statement.step()
        #expect(statement.integer(at: 0) == 2)
        #expect(statement.text(at: 1) == "secret")
      }
      try connection.withStatement(sql) { (statement) throws(SQLiteError) in
        _ = try statement.step()
        #expect(statement.integer(at: 0) == 1)
        #expect(statement.text(at: 1) == nil)
      }
      // Fails when a statement still reads.
      try connection.execute("DROP TABLE t")
    }
  }

  @Test func `statements outlive their connection`() throws {
    try withTemporaryFile { path in
      let statement = try Connection(path: path).prepare("VALUES (1), (2)")
      #expect(try statement.step())
      #expect(try statement.step())
      #expect(try statement.step() == false)
    }
  }

  @Test func `names that SQLite takes for no file are files`() throws {
    try withTemporaryFile(named: ":memory:") { path in
      #expect(throws: SQLiteError.self) { try Connection(path: "") }
      try Connection(path: path).execute("CREATE TABLE t (x)")
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }

  /// Many files: of one, few connections get into each other's way.
  @Test(arguments: 0 ..< 50)
  func `many owners can open and write a new file at once`(file: Int) throws {
    try withTemporaryFile(named: "\(file).sqlite") { path in
      let failures = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 16) { number in
        do {
          let connection = try Connection(path: path, busyTimeout: .seconds(60))
          try connection.migrate(["CREATE TABLE t (x)"])
          try connection.transaction { () throws(SQLiteError) in
            try connection.execute("INSERT INTO t VALUES (\(number))")
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      #expect(failures.withLock { $0 } == [])
      let connection = try Connection(path: path)
      #expect(try connection.integer("SELECT count(*) FROM t") == 16)
    }
  }

  @Test func `a connection can be handed to a mutex`() throws {
    try withTemporaryFile { path in
      let connection = Mutex(try Connection(path: path))
      let one = try connection.withLock { (connection) throws(SQLiteError) in
        try connection.integer("SELECT 1")
      }
      #expect(one == 1)
    }
  }
}

extension Connection {
  func text(_ sql: String) throws(SQLiteError) -> String? {
    let statement = try self.prepare(sql)
    return try statement.step() ? statement.text(at: 0) : nil
  }
}
