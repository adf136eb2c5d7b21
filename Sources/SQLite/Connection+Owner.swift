#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Whose a file is.
extension Connection {
  /// Refuses a database that another program has made, before anything of it is changed.
  ///
  /// A file that is missing or empty, or cannot be read, is not refused.
  ///
  /// - Parameters:
  ///   - table: a table that this program's file has in each version of its schema.
  ///   - kind: what the file should be, such as "a log".
  /// - Throws: `foreign`; `notADatabase` and the other errors of reading.
  public static func checkOwner(
    of path: String,
    having table: String,
    kind: String,
    busyTimeout: Duration = .seconds(5)
  ) throws(SQLiteError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_size > 0 else { return }
    do throws(SQLiteError) {
      let connection = try Connection(path: path, access: .readOnly, busyTimeout: busyTimeout)
      if try connection.isForeign(without: table) {
        throw SQLiteError(.foreign, "the file is not \(kind): another program has made it")
      }
    } catch  where [.cannotOpen, .readOnly].contains(error.code) {
      // Whoever opens it to write is told more.
    }
  }

  /// Whether another program has made the database; an empty one is nobody's.
  ///
  /// - Parameter table: a table that this program's file has in each version of its schema.
  public func isForeign(without table: String) throws(SQLiteError) -> Bool {
    let version = try self.integer("PRAGMA user_version") ?? 0
    let count = try self.integer("SELECT count(*) FROM sqlite_schema") ?? 0
    if count == 0, version == 0 { return false }
    let isThere = try self.withStatement(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1"
    ) { (statement) throws(SQLiteError) in
      try statement.bind(table, at: 1)
      return try statement.step()
    }
    return !isThere || version == 0
  }
}
