internal import CSQLite

/// Why SQLite did not do what it was asked to.
///
/// It names tables, columns and syntax, never the values that were bound.
public struct SQLiteError: Error, Hashable, CustomStringConvertible {
  /// A primary result code (https://sqlite.org/rescode.html), or one of this module.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public var rawValue: Int32

    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    /// Another connection holds the lock, and did so for the whole busy timeout.
    public static let busy = Code(rawValue: SQLITE_BUSY)
    public static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
    public static let constraint = Code(rawValue: SQLITE_CONSTRAINT)
    public static let corrupt = Code(rawValue: SQLITE_CORRUPT)
    /// The SQL is wrong, or a function that it calls failed.
    public static let error = Code(rawValue: SQLITE_ERROR)
    /// The disk is full.
    public static let full = Code(rawValue: SQLITE_FULL)
    /// `Connection.interrupting` ended the statement.
    public static let interrupted = Code(rawValue: SQLITE_INTERRUPT)
    public static let notADatabase = Code(rawValue: SQLITE_NOTADB)
    public static let range = Code(rawValue: SQLITE_RANGE)
    public static let readOnly = Code(rawValue: SQLITE_READONLY)
    /// The file was written by a newer version of this program.
    public static let newerSchema = Code(rawValue: -1)
  }

  public var code: Code
  /// SQLite's extended result code, which tells what `code` leaves open.
  public var extendedCode: Int32
  /// One sentence, for logs and operators.
  public var message: String

  public var description: String { self.message }
}

extension SQLiteError {
  /// An error that SQLite gave no text for, such as a row that is not what it should be.
  public init(_ code: Code, _ message: String) {
    self.init(code: code, extendedCode: code.rawValue, message: message)
  }

  /// The error of the last call on a connection, which returned `result`.
  ///
  /// - Parameter isRunning: whether a statement was running: functions of SQL, such as MATCH, then
  ///   quote their arguments in SQLite's text, which is left out for that.
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
