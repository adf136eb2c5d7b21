internal import CSQLite
public import Identifiers

/// A compiled statement: bind its parameters, then step through its rows.
///
/// It belongs to the owner of its connection, which may have been released.
public final class Statement {
  private let handle: OpaquePointer

  init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
    var handle: OpaquePointer?
    let result = sqlite3_prepare_v3(
      connection,
      sql,
      -1,
      UInt32(SQLITE_PREPARE_PERSISTENT),
      &handle,
      nil
    )
    guard result == SQLITE_OK else { throw SQLiteError(result, on: connection) }
    guard let handle else { throw SQLiteError(.error, "there is no statement in the SQL") }
    self.handle = handle
  }

  deinit {
    sqlite3_finalize(self.handle)
  }

  /// Binds a value to a parameter; parameters count from 1, and are NULL until bound.
  ///
  /// - Throws: when there is no such parameter, or the statement is between rows.
  public func bind(_ value: Int64?, at index: Int) throws(SQLiteError) {
    guard let value else { return try self.bindNull(at: index) }
    try self.check(sqlite3_bind_int64(self.handle, Int32(index), value))
  }

  /// Binds a number.
  public func bind(_ value: Double?, at index: Int) throws(SQLiteError) {
    guard let value else { return try self.bindNull(at: index) }
    try self.check(sqlite3_bind_double(self.handle, Int32(index), value))
  }

  /// Binds a text.
  public func bind(_ value: String?, at index: Int) throws(SQLiteError) {
    guard var value else { return try self.bindNull(at: index) }
    let result = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text64(
          self.handle,
          Int32(index),
          $0.baseAddress,
          UInt64($0.count),
          sqlite3_transient(),
          UInt8(SQLITE_UTF8)
        )
      }
    }
    try self.check(result)
  }

  /// Binds a name.
  public func bind(_ value: Identifier?, at index: Int) throws(SQLiteError) {
    try self.bind(value?.text, at: index)
  }

  /// Binds a blob.
  public func bind(_ value: [UInt8]?, at index: Int) throws(SQLiteError) {
    guard let value else { return try self.bindNull(at: index) }
    let result = value.withUnsafeBytes { bytes in
      // An empty array may have no address, which SQLite would take for NULL.
      bytes.isEmpty
        ? sqlite3_bind_zeroblob(self.handle, Int32(index), 0)
        : sqlite3_bind_blob64(
          self.handle,
          Int32(index),
          bytes.baseAddress,
          UInt64(bytes.count),
          sqlite3_transient()
        )
    }
    try self.check(result)
  }

  /// Runs the statement up to its next row.
  ///
  /// - Returns: whether there is a row. If not, the statement is done, and the next step restarts
  ///   it.
  public func step() throws(SQLiteError) -> Bool {
    let result = sqlite3_step(self.handle)
    switch result {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let error = SQLiteError(result, on: sqlite3_db_handle(self.handle), isRunning: true)
      // A failed statement holds its locks until it is reset.
      sqlite3_reset(self.handle)
      throw error
    }
  }

  /// Runs a statement that returns no rows.
  public func run() throws(SQLiteError) {
    while try self.step() {}
  }

  /// Returns the statement to its beginning, and clears its bindings.
  public func reset() {
    // It returns the error of the last step, which was already thrown.
    sqlite3_reset(self.handle)
    sqlite3_clear_bindings(self.handle)
  }

  /// A column of the current row as an integer; columns count from 0. NULL is nil, and other types
  /// are converted by SQLite's rules.
  public func integer(at column: Int) -> Int64? {
    self.isNull(column) ? nil : sqlite3_column_int64(self.handle, Int32(column))
  }

  /// A column as a number.
  public func real(at column: Int) -> Double? {
    self.isNull(column) ? nil : sqlite3_column_double(self.handle, Int32(column))
  }

  /// A column as text; invalid UTF-8 is replaced by U+FFFD.
  public func text(at column: Int) -> String? {
    guard let text = sqlite3_column_text(self.handle, Int32(column)) else { return nil }
    let count = Int(sqlite3_column_bytes(self.handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  /// As `text`, for names that are compared.
  public func identifier(at column: Int) -> Identifier? {
    self.text(at: column).map { Identifier($0) }
  }

  /// A column as a blob.
  public func bytes(at column: Int) -> [UInt8]? {
    guard !self.isNull(column) else { return nil }
    let bytes = sqlite3_column_blob(self.handle, Int32(column))
    let count = Int(sqlite3_column_bytes(self.handle, Int32(column)))
    return Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  private func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(self.handle, Int32(column)) == SQLITE_NULL
  }

  private func bindNull(at index: Int) throws(SQLiteError) {
    try self.check(sqlite3_bind_null(self.handle, Int32(index)))
  }

  private func check(_ result: Int32) throws(SQLiteError) {
    guard result == SQLITE_OK else {
      throw SQLiteError(result, on: sqlite3_db_handle(self.handle))
    }
  }
}
