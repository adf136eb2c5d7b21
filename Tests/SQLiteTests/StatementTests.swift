import SQLite
import Testing

@Suite struct StatementTests {
  @Test(arguments: [0, 1, -1, Int64.min, .max])
  func `integers round trip`(value: Int64) throws {
    let row = try self.row { try $0.bind(value, at: 1) }
    #expect(row.integer(at: 0) == value)
    #expect(row.text(at: 1) == "integer")
  }

  @Test(arguments: [
    0, -1.5, 1.7e308, Double.leastNonzeroMagnitude, .infinity, 1_700_000_000.123456,
  ])
  func `real numbers round trip`(value: Double) throws {
    let row = try self.row { try $0.bind(value, at: 1) }
    #expect(row.real(at: 0) == value)
    #expect(row.text(at: 1) == "real")
  }

  @Test(arguments: ["", "a", "a\u{0}b", "Grüße 🎌"])
  func `text round trips`(value: String) throws {
    let row = try self.row { try $0.bind(value, at: 1) }
    #expect(row.text(at: 0) == value)
    #expect(row.text(at: 1) == "text")
  }

  @Test(arguments: [[], [0], [0xFF, 0, 0xC3]])
  func `bytes round trip`(value: [UInt8]) throws {
    let row = try self.row { try $0.bind(value, at: 1) }
    #expect(row.bytes(at: 0) == value)
    #expect(row.text(at: 1) == "blob")
  }

  @Test func `large values round trip`() throws {
    let text = String(repeating: "ä", count: 500_000)
    let textRow = try self.row { try $0.bind(text, at: 1) }
    #expect(textRow.text(at: 0) == text)
    let row = try self.row { try $0.bind(Array(text.utf8), at: 1) }
    #expect(row.bytes(at: 0) == Array(text.utf8))
  }

  @Test func `NULL is nil in every type`() throws {
    let bindings: [(Statement) throws -> Void] = [
      { _ in },
      { try $0.bind(Int64?.none, at: 1) },
      { try $0.bind(Double?.none, at: 1) },
      { try $0.bind(String?.none, at: 1) },
      { try $0.bind([UInt8]?.none, at: 1) },
    ]
    for bind in bindings {
      let row = try self.row(bind)
      #expect(row.integer(at: 0) == nil)
      #expect(row.real(at: 0) == nil)
      #expect(row.text(at: 0) == nil)
      #expect(row.bytes(at: 0) == nil)
      #expect(row.text(at: 1) == "null")
    }
  }

  @Test func `bytes that are not UTF-8 are text that can be read`() throws {
    try withTemporaryFile { path in
      let statement = try Connection(path: path).prepare("SELECT CAST(x'61FF' AS TEXT)")
      #expect(try statement.step())
      #expect(statement.text(at: 0) == "a\u{FFFD}")
    }
  }

  @Test func `a statement that is run again takes new values`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x)")
      let statement = try connection.prepare("INSERT INTO t VALUES (?1)")
      for value in 1 ... 3 {
        try statement.bind(Int64(value), at: 1)
        try statement.run()
        statement.reset()
      }
      try statement.run()
      #expect(try connection.integer("SELECT sum(x) FROM t") == 6)
      #expect(try connection.integer("SELECT count(*) FROM t") == 4)
    }
  }

  @Test(arguments: [0, 2, -1])
  func `a parameter that is not there is an error`(index: Int) throws {
    try withTemporaryFile { path in
      let statement = try Connection(path: path).prepare("SELECT ?1")
      let error = #expect(throws: SQLiteError.self) { try statement.bind(Int64(1), at: index) }
      #expect(error?.code == .range)
    }
  }

  @Test(arguments: [
    ("SELEC 1", "near \"SELEC\": syntax error"),
    ("SELECT * FROM nowhere", "no such table: nowhere"),
    ("", "there is no statement in the SQL"),
    ("-- nothing", "there is no statement in the SQL"),
  ])
  func `wrong SQL is named`(sql: String, message: String) throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      let error = #expect(throws: SQLiteError.self) { try connection.prepare(sql) }
      #expect(error?.code == .error)
      #expect(error?.message == message)
    }
  }

  @Test func `a failed step gives up its locks, and may be tried again`() throws {
    try withTemporaryFile { path in
      let connection = try Connection(path: path)
      try connection.execute("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)")
      let statement = try connection.prepare("INSERT INTO t VALUES (?1)")
      try statement.bind(Int64(1), at: 1)
      #expect(throws: SQLiteError.self) { try statement.run() }
      try connection.execute("DELETE FROM t")
      try statement.run()
      #expect(try connection.integer("SELECT count(*) FROM t") == 1)
    }
  }

  /// A row of the value that `bind` binds, and of its type.
  private func row(_ bind: (Statement) throws -> Void) throws -> Statement {
    try withTemporaryFile { path in
      let statement = try Connection(path: path).prepare("SELECT ?1, typeof(?1)")
      try bind(statement)
      #expect(try statement.step())
      return statement
    }
  }
}
