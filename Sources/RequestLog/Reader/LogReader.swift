internal import Logging
internal import SQLite
internal import ThreadExecutor

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Reads the log beside its writer, on a thread of its own.
///
/// What is read is read in pages, each in a moment: between pages the reader holds no state of the
/// file, so that the write-ahead log can be used again.
actor LogReader {
  /// The bounds of a page. One entry is read whatever its size.
  static let pageCount = 256
  static let pageBytes = 1 << 20

  private let executor = ThreadExecutor(name: "tokenwire-read")
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  private let path: String
  private let busyTimeout: Duration
  private let logger: Logger
  private var connection: Connection?
  private var tail = SearchTail()
  private var isClosed = false

  init(path: String, busyTimeout: Duration, logger: Logger) {
    self.path = path
    self.busyTimeout = busyTimeout
    self.logger = logger
  }

  func close() {
    self.isClosed = true
    self.connection = nil
  }

  /// Opens the file now, and not with the first query: with what connections share, which cannot be
  /// made while the disk is full.
  func open() throws(LogError) {
    _ = try self.end()
  }

  /// Looks whether the file is a log.
  ///
  /// - Throws: `unavailable` when there is none, or it is of an older version, `newerSchema`.
  func check(schemaVersion: Int) throws(LogError) {
    guard access(self.path, F_OK) == 0 else {
      throw LogError(.unavailable, "There is no such file")
    }
    let version = try self.read { (connection) throws(SQLiteError) in
      try connection.integer("PRAGMA user_version") ?? 0
    }
    if version == 0 { throw LogError(.unavailable, "The file is no log") }
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

  /// Where the next entry is at the earliest.
  func end() throws(LogError) -> Position {
    try self.read { (connection) throws(SQLiteError) in try connection.end() }
  }

  /// The first entries of a query within `positions`, in its order.
  func page(
    of query: ValidQuery,
    in positions: Range<Position>,
    limit: Int
  ) throws(LogError) -> [EntryRow] {
    try self.read { (connection) throws(SQLiteError) in
      var page = Page(limit: min(limit, Self.pageCount), bytes: Self.pageBytes)
      guard query.search != nil else {
        try page.add(Self.sql(query), query, positions, connection)
        return page.rows
      }
      // Both indexes are read in one state of the log.
      return try connection.transaction(.deferred) { () throws(SQLiteError) in
        let boundary = try self.tail.update(connection)
        var parts = [
          ("search", positions.clamped(to: Position(rawValue: 0) ..< boundary)),
          (SearchTail.table, positions.clamped(to: boundary ..< Position(rawValue: .max))),
        ]
        if query.order == .newestFirst { parts.reverse() }
        for (index, positions) in parts where !positions.isEmpty {
          try page.add(Self.sql(query, index: index), query, positions, connection)
        }
        return page.rows
      }
    }
  }

  /// Where a query goes on after an entry: at it, or where it was.
  func positions(
    of query: ValidQuery,
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
    if isNewestFirst {
      let end = found.map(Position.init(rawValue:)) ?? range.upperBound
      return query.positions.clamped(to: Position(rawValue: 0) ..< end)
    }
    let start = found.map { Position(rawValue: $0 + 1) } ?? range.lowerBound
    return query.positions.clamped(to: start ..< max(start, query.positions.upperBound))
  }

  /// - Throws: `unavailable`; the next read opens the file anew.
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

  private func connect() throws(SQLiteError) -> Connection {
    let connection = try Connection(
      path: self.path,
      access: .readOnly,
      busyTimeout: self.busyTimeout
    )
    try connection.addWordTokenizer()
    self.connection = connection
    self.tail = SearchTail()
    return connection
  }

  /// - Parameter index: of words, the log's own or the one of a `SearchTail`.
  static func sql(_ query: ValidQuery, index: String = "search") -> String {
    var tables = "entries"
    // For both tables the key is the position, in whose order they are read.
    var key = "position"
    var conditions: [String] = []
    if query.userID != nil { conditions.append("user_id = ?3") }
    if query.model != nil { conditions.append("model = ?4") }
    if query.search != nil {
      // CROSS: the search comes first, whatever SQLite thinks of it.
      tables = "\(index) CROSS JOIN entries ON position = \(index).rowid"
      key = "\(index).rowid"
      conditions.append("\(index) MATCH ?5")
    }
    conditions += ["\(key) >= ?1", "\(key) < ?2"]
    return """
      SELECT \(EntryRow.columns) FROM \(tables) WHERE \(conditions.joined(separator: " AND "))
      ORDER BY \(key) \(query.order == .newestFirst ? "DESC" : "ASC")
      """
  }
}

/// Rows that are read together.
private struct Page {
  let limit: Int
  let bytes: Int
  private(set) var rows: [EntryRow] = []
  private var size = 0

  init(limit: Int, bytes: Int) {
    self.limit = limit
    self.bytes = bytes
  }

  /// Reads rows up to the bounds, of which the last row may be over that of bytes.
  mutating func add(
    _ sql: String,
    _ query: ValidQuery,
    _ positions: Range<Position>,
    _ connection: Connection
  ) throws(SQLiteError) {
    try connection.withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.bind(positions.lowerBound.rawValue, at: 1)
      try statement.bind(positions.upperBound.rawValue, at: 2)
      if let userID = query.userID { try statement.bind(userID, at: 3) }
      if let model = query.model { try statement.bind(model, at: 4) }
      if let search = query.search { try statement.bind(search.text, at: 5) }
      while self.rows.count < self.limit, self.size < self.bytes, try statement.step() {
        let row = try EntryRow(statement)
        self.rows.append(row)
        self.size += row.size
      }
    }
  }
}
