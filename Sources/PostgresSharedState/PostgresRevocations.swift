internal import AccessTokens
internal import Identifiers
internal import Logging
internal import PostgreSQL

/// The revocations in a PostgreSQL database, which all nodes of a cluster share.
///
/// Rows are only added, and removed when all their tokens have expired. Whoever adds one locks the
/// table, so that rows become visible in the order of their numbers.
struct PostgresRevocations: RevocationDatabase {
  private static let channel = "tokenwire_revocations"
  /// How often to look for news without having heard of them, in case a notification is lost. It is
  /// also how soon a dead connection is noticed.
  private static let lookInterval = Duration.seconds(1)

  private var link: DatabaseLink
  private let logger: Logger
  private var lastID: Int64 = 0
  private var nextLook = ContinuousClock.now

  /// - Parameter failure: why the tables could not be prepared; nil when they are.
  init(
    _ parameters: ConnectionParameters,
    unprepared failure: PostgreSQLError?,
    _ logger: Logger
  ) {
    self.link = DatabaseLink(parameters, unprepared: failure)
    self.logger = logger
  }

  // MARK: Writing

  mutating func insert(
    _ revocation: Revocation,
    at now: NumericDate,
    forgetting expired: NumericDate
  ) throws(RevocationError) {
    // Somebody waits for it.
    self.link.endPause()
    do throws(PostgreSQLError) {
      try self.insert(revocation, now, expired)
    } catch {
      // The connection may have been lost long ago. Revoking twice is as good as once.
      guard error.code == .connectionLost else { throw RevocationError(error) }
      self.link.endPause()
      do throws(PostgreSQLError) {
        try self.insert(revocation, now, expired)
      } catch {
        throw RevocationError(error)
      }
    }
  }

  private mutating func insert(
    _ revocation: Revocation,
    _ now: NumericDate,
    _ expired: NumericDate
  ) throws(PostgreSQLError) {
    // What is acknowledged must be durable; all other values but `off` are the operator's choice.
    let durability: Identifier = """
      SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)
      """
    try self.link.use { (connection) throws(PostgreSQLError) in
      _ = try connection.run(
        [
          .command("BEGIN"),
          .command(durability),
          .command("LOCK TABLE tokenwire_access.revocations IN SHARE ROW EXCLUSIVE MODE"),
          Statement(
            "DELETE FROM tokenwire_access.revocations WHERE last_expiry <= $1",
            .double(expired.secondsSinceEpoch)
          ),
          Self.insert(revocation, at: now),
          .command("NOTIFY \(Self.channel)"),
          .command("COMMIT"),
        ],
        until: DatabaseLink.deadline
      )
    }
  }

  private static func insert(_ revocation: Revocation, at now: NumericDate) -> Statement {
    var jti: [UInt8]?
    var userID: [UInt8]?
    var issuedBefore: NumericDate?
    switch revocation.subject {
    case .token(let id):
      jti = Array(id.text.utf8)
    case .tokens(let user, let date):
      userID = Array(user.text.utf8)
      issuedBefore = date
    }
    return Statement(
      """
      INSERT INTO tokenwire_access.revocations
        (jti, user_id, issued_before, last_expiry, revoked_at) VALUES ($1, $2, $3, $4, $5)
      """,
      .bytea(jti),
      .bytea(userID),
      .double(issuedBefore?.secondsSinceEpoch),
      .double(revocation.lastExpiry?.secondsSinceEpoch),
      .double(now.secondsSinceEpoch)
    )
  }

  // MARK: Reading

  mutating func newRevocations() throws(RevocationError) -> [Revocation] {
    let wasLost = self.link.isLost
    // All are read again: after a failover, numbers may have been given twice.
    if self.link.isClosed { (self.lastID, self.nextLook) = (0, .now) }
    do throws(PostgreSQLError) {
      let (lastID, nextLook) = (self.lastID, self.nextLook)
      let rows = try self.link.use(begin: Self.listen) {
        (connection) throws(PostgreSQLError) -> Rows? in
        let isNotified = try connection.waitForNotification(until: .now)
        guard isNotified || nextLook <= .now else { return nil }
        return try connection.run(Self.select(after: lastID), until: DatabaseLink.deadline)
      }
      if wasLost { self.logger.notice("Revocations of other nodes are heard of again") }
      guard let rows else { return [] }
      self.nextLook = .now + Self.lookInterval
      return (0 ..< rows.count).map { row in
        self.lastID = rows.integer(row, 0) ?? self.lastID
        return Revocation(rows, row)
      }
    } catch {
      if !wasLost {
        self.logger.error(
          """
          Revocations of other nodes are not heard of: the database is tried again and again, and \
          those that are known stay revoked
          """,
          metadata: ["database": "\(self.link.parameters.place)", "error": "\(error)"]
        )
      }
      throw RevocationError(error)
    }
  }

  private static func listen(_ connection: Connection) throws(PostgreSQLError) {
    _ = try connection.run(.command("LISTEN \(Self.channel)"), until: DatabaseLink.deadline)
  }

  private static func select(after id: Int64) -> Statement {
    Statement(
      """
      SELECT id, jti, user_id, issued_before, last_expiry FROM tokenwire_access.revocations
      WHERE id > $1 ORDER BY id
      """,
      .bigint(id)
    )
  }
}

extension RevocationError {
  init(_ error: PostgreSQLError) {
    self.init("\(error)")
  }
}

extension Revocation {
  fileprivate init(_ rows: Rows, _ row: Int) {
    func identifier(_ column: Int) -> Identifier? {
      rows.bytes(row, column).map { Identifier(String(decoding: $0, as: UTF8.self)) }
    }
    let lastExpiry = rows.double(row, 4).map { NumericDate(secondsSinceEpoch: $0) }
    if let jti = identifier(1) {
      self.init(subject: .token(jti: jti), lastExpiry: lastExpiry)
    } else {
      // The table's CHECK requires one or the other in every row.
      let issuedBefore = NumericDate(secondsSinceEpoch: rows.double(row, 3) ?? .infinity)
      self.init(
        subject: .tokens(userID: identifier(2) ?? "", issuedBefore: issuedBefore),
        lastExpiry: lastExpiry
      )
    }
  }
}
