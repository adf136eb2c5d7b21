internal import Concurrency
internal import Logging
internal import RequestLog
internal import SQLite

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Reads the log while others write, on a thread of its own.
///
/// It reads short pages. Between pages it holds no snapshot, so that the write-ahead log can be
/// reused.
actor LogReader {
  /// The limits of a page, which has at least one entry whatever its size.
  static let pageCount = 256
  static let pageBytes = 1 << 20

  private let executor = ThreadExecutor(name: "tokenwire-read")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let path: String
  private let busyTimeout: Duration
  private let searchTime: Duration
  private let mayBeUnchanging: Bool
  private let logger: Logger
  private var connection: Connection?
  private var tail = SearchTail()
  private var isClosed = false

  /// - Parameters:
  ///   - searchTime: how long a page of a search may take.
  ///   - mayBeUnchanging: whether a log in a read-only place is read, too.
  init(
    path: String,
    busyTimeout: Duration,
    searchTime: Duration,
    mayBeUnchanging: Bool = false,
    logger: Logger
  ) {
    self.path = path
    self.busyTimeout = busyTimeout
    self.searchTime = searchTime
    self.mayBeUnchanging = mayBeUnchanging
    self.logger = logger
  }

  func close() {
    self.isClosed = true
    self.connection = nil
  }

  /// Opens the file before the first query, because opening creates shared memory, which fails
  /// while the disk is full.
  func warmUp() throws(LogError) {
    _ = try self.end()
  }

  /// Checks that the file is a log.
  ///
  /// - Throws: `unavailable` when there is none, or it has an older version; `newerSchema`.
  func check(schemaVersion: Int) throws(LogError) {
    guard access(self.path, F_OK) == 0 else {
      throw LogError(.unavailable, "There is no such file")
    }
    let (isForeign, version) = try self.read { (connection) throws(SQLiteError) in
      (
        try connection.isForeign(without: LogFile.table),
        try connection.integer("PRAGMA user_version") ?? 0
      )
    }
    if isForeign { throw .fileIsForeign }
    if version == 0 { throw LogError(.unavailable, "The file is not a log") }
    if version > schemaVersion {
      throw LogError(.newerSchema, "The log belongs to a newer version of this program")
    }
    if version < schemaVersion {
      throw LogError(
        .unavailable,
        "The log is of an older version; a server that opens it upgrades it"
      )
    }
  }

  /// The earliest position of the next entry.
  func end() throws(LogError) -> Position {
    try self.read { (connection) throws(SQLiteError) in try connection.end() }
  }

  /// The positions after an entry, or after where it was.
  func positions(
    of query: PositionQuery,
    after id: ULID
  ) throws(LogError) -> Range<Position> {
    let isNewestFirst = query.order == .newestFirst
    let range = Position.range(of: id)
    let sql = """
      SELECT coalesce(
        max(CASE WHEN id = ?3 THEN position END),
        \(isNewestFirst
          ? "min(CASE WHEN id > ?3 THEN position END)"
          : "max(CASE WHEN id < ?3 THEN position END)")
      ) FROM entries WHERE position >= ?1 AND position < ?2
      """
    let found = try self.read { (connection) throws(SQLiteError) in
      try connection.withStatement(sql) { (statement) throws(SQLiteError) in
        try statement.bind(range.lowerBound.rawValue, at: 1)
        try statement.bind(range.upperBound.rawValue, at: 2)
        try statement.bind(id.description, at: 3)
        return try statement.step() ? statement.integer(at: 0) : nil
      }
    }
    return query.positions(after: id, found: found.map(Position.init(rawValue:)))
  }

  /// - Throws: `unavailable`; the next read reopens the file.
  func read<Result>(
    _ body: (Connection) throws(SQLiteError) -> Result
  ) throws(LogError) -> Result {
    if self.isClosed { throw .closed }
    do throws(SQLiteError) {
      let connection =
        if let connection { connection } else {
          try self.connect()
        }
      return try body(connection)
    } catch {
      if error.code == .interrupted { throw Task.isCancelled ? .abandoned : .searchTakesTooLong }
      self.connection = nil
      self.logger.error(
        "The log could not be read",
        metadata: [
          "path": "\(self.path)", "error": "\(error)", "sqlite_code": "\(error.extendedCode)",
        ]
      )
      throw LogError(reading: error)
    }
  }

  /// As `read`, but ends when the caller's task is cancelled or the time limit is reached.
  func readUntilCancelled<Result>(
    _ body: (Connection) throws(SQLiteError) -> Result
  ) throws(LogError) -> Result {
    if Task.isCancelled { throw .abandoned }
    let end = ContinuousClock.now + self.searchTime
    return try self.read { (connection) throws(SQLiteError) in
      try connection.interrupting(when: { Task.isCancelled || .now > end }) {
        () throws(SQLiteError) in try body(connection)
      }
    }
  }

  /// Updates the reader's own index of words. It has no time limit, because the next search would
  /// have to start again.
  func updateTail() throws(LogError) {
    try self.read { (connection) throws(SQLiteError) in
      // A copy, so that it stays true if the transaction is undone.
      var tail = self.tail
      try connection.transaction(.deferred) { () throws(SQLiteError) in
        try tail.update(connection)
      }
      self.tail = tail
    }
  }

  private func connect() throws(SQLiteError) -> Connection {
    let connection = try self.open()
    try connection.addWordTokenizer()
    self.connection = connection
    self.tail = SearchTail()
    return connection
  }

  private func open() throws(SQLiteError) -> Connection {
    do throws(SQLiteError) {
      let connection = try Connection(
        path: self.path,
        access: .readOnly,
        busyTimeout: self.busyTimeout
      )
      // SQLite does not access the file before this.
      _ = try connection.integer("PRAGMA user_version")
      return connection
    } catch {
      guard self.mayBeUnchanging, [.cannotOpen, .readOnly].contains(error.code) else { throw error }
      // The contents of a write-ahead log are not in the file, and reading them needs a writable
      // file beside it.
      guard Self.size(of: self.path + "-wal") == 0 else {
        throw SQLiteError(
          error.code,
          """
          its folder cannot be written to, and there is a write-ahead log (-wal) that must be read: \
          make the folder writable, or copy both files to one that is
          """
        )
      }
      return try Connection(path: self.path, access: .unchanging)
    }
  }

  /// The size of a file; 0 if there is none.
  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
