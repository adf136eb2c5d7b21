internal import Identifiers
internal import SQLite

/// The revocations on disk. Rows are only added, and removed when all their tokens have expired, so
/// new rows have higher numbers than those already read.
struct RevocationDatabase {
  static let migrations = [
    """
    CREATE TABLE revocations (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      jti TEXT,
      user_id TEXT,
      -- Times are seconds since 1970.
      issued_before REAL,
      last_expiry REAL,
      revoked_at REAL NOT NULL,
      CHECK (
        (jti IS NOT NULL AND user_id IS NULL AND issued_before IS NULL)
        OR (jti IS NULL AND user_id IS NOT NULL AND issued_before IS NOT NULL)
      )
    ) STRICT;
    CREATE INDEX revocations_by_expiry ON revocations (last_expiry);
    """
  ]

  private let connection: Connection
  private var lastID: Int64 = 0

  init(path: String) throws(SQLiteError) {
    self.connection = try Connection(path: path)
    try self.connection.migrate(Self.migrations)
  }

  /// Writes a revocation to disk before it returns, and removes those of tokens that expired by
  /// `expired`.
  func insert(
    _ entry: Revocations.Entry,
    at now: NumericDate,
    forgetting expired: NumericDate
  ) throws(SQLiteError) {
    try self.connection.transaction { () throws(SQLiteError) in
      try self.connection.withStatement("DELETE FROM revocations WHERE last_expiry <= ?1") {
        (statement) throws(SQLiteError) in
        try statement.bind(expired.secondsSinceEpoch, at: 1)
        try statement.run()
      }
      let insert = """
        INSERT INTO revocations (jti, user_id, issued_before, last_expiry, revoked_at)
        VALUES (?1, ?2, ?3, ?4, ?5)
        """
      try self.connection.withStatement(insert) { (statement) throws(SQLiteError) in
        switch entry.subject {
        case .token(let jti):
          try statement.bind(jti, at: 1)
        case .tokens(let userID, let issuedBefore):
          try statement.bind(userID, at: 2)
          try statement.bind(issuedBefore.secondsSinceEpoch, at: 3)
        }
        try statement.bind(entry.lastExpiry?.secondsSinceEpoch, at: 4)
        try statement.bind(now.secondsSinceEpoch, at: 5)
        try statement.run()
      }
    }
  }

  /// The revocations written since the last call, by any process.
  mutating func newEntries() throws(SQLiteError) -> [Revocations.Entry] {
    var lastID = self.lastID
    let select = """
      SELECT id, jti, user_id, issued_before, last_expiry FROM revocations WHERE id > ?1 ORDER BY id
      """
    let entries = try self.connection.withStatement(select) {
      (statement) throws(SQLiteError) in
      try statement.bind(lastID, at: 1)
      var entries: [Revocations.Entry] = []
      while try statement.step() {
        lastID = statement.integer(at: 0) ?? lastID
        entries.append(Revocations.Entry(row: statement))
      }
      return entries
    }
    self.lastID = lastID
    return entries
  }
}

extension Revocations.Entry {
  fileprivate init(row: Statement) {
    let lastExpiry = row.real(at: 4).map { NumericDate(secondsSinceEpoch: $0) }
    if let jti = row.identifier(at: 1) {
      self.init(subject: .token(jti: jti), lastExpiry: lastExpiry)
    } else {
      // The table's CHECK requires one or the other in every row.
      let issuedBefore = NumericDate(secondsSinceEpoch: row.real(at: 3) ?? .infinity)
      self.init(
        subject: .tokens(userID: row.identifier(at: 2) ?? "", issuedBefore: issuedBefore),
        lastExpiry: lastExpiry
      )
    }
  }
}
