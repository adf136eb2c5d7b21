internal import Identifiers
internal import SQLite

/// The revocations in a file. Rows are only added, and removed when all their tokens have expired, so
/// new rows have higher numbers than those already read.
struct SQLiteRevocations: RevocationDatabase {
  private static let migrations = [
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

  init(path: String) throws(RevocationError) {
    do throws(SQLiteError) {
      try Connection.checkOwner(of: path, having: "revocations", kind: "a revocation file")
      self.connection = try Connection(path: path)
      try self.connection.migrate(Self.migrations)
    } catch {
      throw RevocationError(error)
    }
  }

  func insert(
    _ revocation: Revocation,
    at now: NumericDate,
    forgetting expired: NumericDate
  ) throws(RevocationError) {
    do throws(SQLiteError) {
      try self.connection.transaction { () throws(SQLiteError) in
        try self.connection.withStatement("DELETE FROM revocations WHERE last_expiry <= ?1") {
          (statement) throws(SQLiteError) in
          try statement.bind(expired.secondsSinceEpoch, at: 1)
          try statement.run()
        }
        try self.insert(revocation, at: now)
      }
    } catch {
      throw RevocationError(error)
    }
  }

  private func insert(_ revocation: Revocation, at now: NumericDate) throws(SQLiteError) {
    let insert = """
      INSERT INTO revocations (jti, user_id, issued_before, last_expiry, revoked_at)
      VALUES (?1, ?2, ?3, ?4, ?5)
      """
    try self.connection.withStatement(insert) { (statement) throws(SQLiteError) in
      switch revocation.subject {
      case .token(let jti):
        try statement.bind(jti, at: 1)
      case .tokens(let userID, let issuedBefore):
        try statement.bind(userID, at: 2)
        try statement.bind(issuedBefore.secondsSinceEpoch, at: 3)
      }
      try statement.bind(revocation.lastExpiry?.secondsSinceEpoch, at: 4)
      try statement.bind(now.secondsSinceEpoch, at: 5)
      try statement.run()
    }
  }

  mutating func newRevocations() throws(RevocationError) -> [Revocation] {
    do throws(SQLiteError) {
      return try self.revocations()
    } catch {
      throw RevocationError(error)
    }
  }

  private mutating func revocations() throws(SQLiteError) -> [Revocation] {
    var lastID = self.lastID
    let select = """
      SELECT id, jti, user_id, issued_before, last_expiry FROM revocations WHERE id > ?1 ORDER BY id
      """
    let revocations = try self.connection.withStatement(select) {
      (statement) throws(SQLiteError) in
      try statement.bind(lastID, at: 1)
      var revocations: [Revocation] = []
      while try statement.step() {
        lastID = statement.integer(at: 0) ?? lastID
        revocations.append(Revocation(row: statement))
      }
      return revocations
    }
    self.lastID = lastID
    return revocations
  }
}

extension RevocationError {
  fileprivate init(_ error: SQLiteError) {
    self.init("\(error)")
  }
}

extension Revocation {
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
