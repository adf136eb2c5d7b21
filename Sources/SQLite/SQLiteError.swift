internal import CSQLite

/// Why an SQLite operation failed.
///
/// It may name tables, columns and syntax, never bound values.
public struct SQLiteError: Error, Hashable, CustomStringConvertible {
  /// A primary result code (https://sqlite.org/rescode.html), or one of this module.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The result code.
    public var rawValue: Int32

    /// Creates a code.
    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    /// Another connection held the lock for the whole busy timeout.
    public static let busy = Code(rawValue: SQLITE_BUSY)
    /// The file cannot be opened.
    public static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
    /// A constraint of the schema is violated.
    public static let constraint = Code(rawValue: SQLITE_CONSTRAINT)
    /// The file is damaged.
    public static let corrupt = Code(rawValue: SQLITE_CORRUPT)
    /// The SQL is wrong, or a function in it failed.
    public static let error = Code(rawValue: SQLITE_ERROR)
    /// The disk is full.
    public static let full = Code(rawValue: SQLITE_FULL)
    /// `Connection.interrupting` ended the statement.
    public static let interrupted = Code(rawValue: SQLITE_INTERRUPT)
    /// The file is not a database.
    public static let notADatabase = Code(rawValue: SQLITE_NOTADB)
    /// There is no such parameter.
    public static let range = Code(rawValue: SQLITE_RANGE)
    /// The database cannot be written.
    public static let readOnly = Code(rawValue: SQLITE_READONLY)
    /// The file was written by a newer version of this program.
    public static let newerSchema = Code(rawValue: -1)
    /// The file is a database of another program.
    public static let foreign = Code(rawValue: -2)
  }

  /// The kind of error.
  public var code: Code
  /// SQLite's extended result code, more precise than `code`.
  public var extendedCode: Int32
  /// One sentence, for logs and operators.
  public var message: String

  /// The message.
  public var description: String { self.message }
}

extension SQLiteError {
  /// Creates an error with a message of its own, such as for a row with wrong contents.
  public init(_ code: Code, _ message: String) {
    self.init(code: code, extendedCode: code.rawValue, message: message)
  }

  /// The error of a connection's last call, which returned `result`.
  ///
  /// - Parameter isRunning: whether a statement was running: SQLite's text may then quote values,
  ///   such as arguments of MATCH, and is left out.
  init(_ result: Int32, on connection: OpaquePointer?, isRunning: Bool = false) {
    let code = Code(rawValue: result & 0xFF)
    let isQuoting = isRunning && code == .error
    let text = isQuoting || connection == nil ? sqlite3_errstr(result) : sqlite3_errmsg(connection)
    self.init(
      code: code,
      extendedCode: result,
      message: text.map { String(cString: $0) } ?? "SQLite failed with result code \(result)"
    )
  }
}
