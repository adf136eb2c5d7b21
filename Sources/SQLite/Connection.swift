internal import CSQLite
internal import Identifiers

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A connection to a database file in WAL mode. Commits are on disk when they return.
///
/// A connection is not `Sendable`: it has one owner, an actor or a `Mutex`, and SQLite's own
/// mutexes are off. It is closed when it is released; remaining statements keep working.
public final class Connection {
  /// What a connection may do with its file.
  public enum Access: Sendable {
    case readOnly
    /// Reads a file that nobody changes, without locks and without its write-ahead log: for
    /// read-only places.
    case unchanging
    case readWrite
    /// Reads and writes, and creates a missing file with mode 0600.
    case create
  }

  let handle: OpaquePointer
  private var cache: [Identifier: Statement] = [:]

  /// Opens a database file.
  ///
  /// - Parameters:
  ///   - path: a file; special names such as ":memory:" are taken as file names.
  ///   - givesBackSpace: whether a new file can shrink (`giveBackPages`); an existing one stays as
  ///     it is until `VACUUM` rewrites it.
  ///   - busyTimeout: how long a statement waits for the locks of other connections.
  /// - Throws: when the file cannot be opened, is not a database, or its file system does not
  ///   support a write-ahead log.
  public init(
    path: String,
    access: Access = .create,
    givesBackSpace: Bool = false,
    busyTimeout: Duration = .seconds(5)
  ) throws(SQLiteError) {
    self.handle = try Self.open(path, for: access)
    sqlite3_busy_timeout(self.handle, busyTimeout.milliseconds)
    try self.execute("PRAGMA foreign_keys = ON")
    switch access {
    case .readOnly, .unchanging: break
    case .readWrite, .create:
      // It must come before the first page is written.
      if givesBackSpace { try self.execute("PRAGMA auto_vacuum = INCREMENTAL") }
      try self.useWriteAheadLog(within: busyTimeout)
    }
  }

  /// Opens an empty database in memory, which is gone when it is closed.
  public init() throws(SQLiteError) {
    self.handle = try Self.open(
      ":memory:",
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    )
  }

  deinit {
    // This variant waits for remaining statements.
    sqlite3_close_v2(self.handle)
  }

  /// Runs statements separated by semicolons, and ignores the rows that they return.
  public func execute(_ sql: String) throws(SQLiteError) {
    let result = sqlite3_exec(self.handle, sql, nil, nil, nil)
    guard result == SQLITE_OK else { throw SQLiteError(result, on: self.handle) }
  }

  /// Compiles a statement for the caller to keep; text after the first semicolon is ignored.
  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    try Statement(sql, on: self.handle)
  }

  /// Runs `body` with a statement that is compiled once per connection.
  ///
  /// The statement is reset and its bindings are cleared when `body` returns, so that it holds no
  /// lock and no value. Do not keep it.
  public func withStatement<Result>(
    _ sql: String,
    _ body: (Statement) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    // Removed while in use, so that the same SQL within `body` gets another statement.
    let cached = self.cache.removeValue(forKey: Identifier(sql))
    let statement = if let cached { cached } else { try self.prepare(sql) }
    defer {
      statement.reset()
      self.cache[Identifier(sql)] = statement
    }
    return try body(statement)
  }

  /// The first column of the first row; nil when it is no number, or there is no row.
  public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    try self.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.step() ? statement.integer(at: 0) : nil
    }
  }

  /// Runs `body` in a transaction: its writes are durable when this returns, or undone when this
  /// throws. Transactions do not nest.
  public func transaction<Result>(
    _ kind: Transaction = .immediate,
    _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    try self.execute("BEGIN \(kind.rawValue)")
    do throws(SQLiteError) {
      let result = try body()
      try self.execute("COMMIT")
      return result
    } catch {
      // SQLite itself rolls back after some errors, such as a full disk.
      if sqlite3_get_autocommit(self.handle) == 0 { try? self.execute("ROLLBACK") }
      throw error
    }
  }

  private static func open(
    _ path: String,
    for access: Access
  ) throws(SQLiteError) -> OpaquePointer {
    let path = path.utf8.first == UInt8(ascii: "/") ? path : "./" + path
    if access == .create { Self.createPrivateFile(path) }
    var status = stat()
    // SQLite would call it an error of the disk, or wait for whoever writes into a pipe.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw SQLiteError(.cannotOpen, isFolder ? "it is a folder" : "it is not a regular file")
    }
    let (name, mode) =
      switch access {
      case .readOnly: (path, SQLITE_OPEN_READONLY)
      case .unchanging: (Self.unchangingURI(of: path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
      case .readWrite, .create: (path, SQLITE_OPEN_READWRITE)
      }
    return try self.open(name, mode)
  }

  private static func open(_ name: String, _ mode: Int32) throws(SQLiteError) -> OpaquePointer {
    var handle: OpaquePointer?
    let result = sqlite3_open_v2(
      name,
      &handle,
      mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nil
    )
    guard result == SQLITE_OK, let handle else {
      defer { sqlite3_close_v2(handle) }
      throw SQLiteError(result, on: handle)
    }
    return handle
  }

  /// https://sqlite.org/uri.html
  private static func unchangingURI(of path: String) -> String {
    let plain = Array("-._~/".utf8)
    let escaped = path.utf8.map { byte -> String in
      let scalar = Unicode.Scalar(byte)
      let isPlain = scalar.isASCII && scalar.properties.isAlphabetic || plain.contains(byte)
      let digits = String(byte, radix: 16)
      return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + digits
    }
    return "file:" + escaped.joined() + "?immutable=1"
  }

  /// SQLite creates files that others can read; its write-ahead log copies the mode of the file.
  /// Failure is reported later, when the file cannot be opened.
  private static func createPrivateFile(_ path: String) {
    // Only a new file is opened here: closing a file that this process has open elsewhere drops the
    // locks of the other connection (https://sqlite.org/howtocorrupt.html section 2.2).
    let file = openat(AT_FDCWD, path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if file >= 0 { close(file) }
  }

  private func useWriteAheadLog(within busyTimeout: Duration) throws(SQLiteError) {
    let deadline = ContinuousClock.now + busyTimeout
    var mode = try self.switchToWriteAheadLog()
    // When several connections switch a new file at the same time, SQLite fails some at once to
    // prevent a deadlock, without the busy timeout.
    while mode == nil, .now < deadline {
      usleep(UInt32.random(in: 500 ... 5000))
      mode = try self.switchToWriteAheadLog()
    }
    guard let mode else { throw SQLiteError(SQLITE_BUSY, on: self.handle) }
    guard mode == "wal" else {
      throw SQLiteError(
        .cannotOpen,
        "the file system of the database cannot hold a write-ahead log"
      )
    }
    try self.execute("PRAGMA synchronous = FULL")
  }

  /// - Returns: the journal mode; nil when others hold locks on the file.
  private func switchToWriteAheadLog() throws(SQLiteError) -> String? {
    do throws(SQLiteError) {
      return try self.withStatement("PRAGMA journal_mode = WAL") {
        (statement) throws(SQLiteError) in
        _ = try statement.step()
        return statement.text(at: 0) ?? ""
      }
    } catch  where error.code == .busy {
      return nil
    }
  }
}

/// When a transaction takes its locks (https://sqlite.org/lang_transaction.html).
public enum Transaction: String, Sendable {
  /// At the first statement that needs them: for reading a snapshot.
  case deferred = "DEFERRED"
  /// At once, for writing: what was read cannot change before the write.
  case immediate = "IMMEDIATE"
}

extension Duration {
  /// Rounded down, as SQLite takes it.
  fileprivate var milliseconds: Int32 {
    Int32(clamping: Int128(self.attoseconds) / 1_000_000_000_000_000)
  }
}
