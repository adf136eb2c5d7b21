import Foundation
import SQLite
import Synchronization
import Testing

@Suite struct ConnectionInterruptionTests {
  private static let endless = """
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n
    """

  @Test func `a statement ends when it is over, and the connection goes on`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      let looks = Mutex(0)
      let error = #expect(throws: SQLiteError.self) {
        try connection.interrupting(when: {
          looks.withLock { looks in
            looks += 1
            return looks == 10
          }
        }) { () throws(SQLiteError) in try connection.execute(Self.endless) }
      }
      #expect(error?.code == .interrupted)
      #expect(looks.withLock { $0 } == 10)
      // It is not asked any more.
      try connection.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
      #expect(looks.withLock { $0 } == 10)
    }
  }

  @Test func `what is quick is not interrupted`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.interrupting(when: { true }) { () throws(SQLiteError) in
        try connection.execute("SELECT 1")
      }
    }
  }
}
