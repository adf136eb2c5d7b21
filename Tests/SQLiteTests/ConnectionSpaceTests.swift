import Foundation
import SQLite
import Testing

@Suite struct ConnectionSpaceTests {
  @Test func `a file that gives back space shrinks, step by step`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path, givesBackSpace: true)
      #expect(try connection.isShrinkable())
      try connection.execute("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(4 << 20))")
      let full = try connection.space()
      #expect(full.used > 4 << 20)
      try connection.execute("DELETE FROM t")
      #expect(try connection.space().free > 4 << 20)
      try connection.giveBackPages(100)
      #expect(try connection.space().file == full.file - 100 * 4096)
      try connection.giveBackPages(100_000)
      try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      #expect(size == (try connection.space().file))
      #expect(size ?? .max < 64 << 10)
    }
  }

  @Test func `a file that was made without can be written anew`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
      #expect(try !connection.isShrinkable())
      try connection.makeShrinkable()
      #expect(try connection.isShrinkable())
    }
  }

  @Test func `a file that nobody changes is read where nothing can be written`() throws {
    try withTemporaryFile(named: "a ?#%é.sqlite") { path in
      do {
        let connection = try Connection(path: path)
        try connection.execute("CREATE TABLE t (x); INSERT INTO t VALUES (7)")
      }
      let connection = try Connection(path: path, access: .unchanging)
      let statement = try connection.prepare("SELECT x FROM t")
      #expect(try statement.step())
      #expect(statement.integer(at: 0) == 7)
      #expect(!FileManager.default.fileExists(atPath: path + "-shm"))
      #expect(throws: SQLiteError.self) { try connection.execute("INSERT INTO t VALUES (8)") }
    }
  }
}
