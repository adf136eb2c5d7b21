internal import Concurrency
public import Identifiers
public import PostgreSQL

/// What users have left of their limits, in a PostgreSQL database that all nodes of a cluster share.
/// It has a thread and a connection of its own.
public actor PostgresQuotas {
  private let executor = ThreadExecutor(name: "tokenwire-pgquota")
  /// The thread that waits for the database.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  /// The most users of one statement.
  private static let users = 1_000
  /// How often rows that say nothing are removed.
  private static let sweepInterval = Duration.seconds(60)

  private let requestsPerMinute: Double
  private let tokensPerMinute: Double
  private var link: DatabaseLink
  private var nextSweep = ContinuousClock.now

  /// What a user has used, or has left.
  public struct Amount: Sendable, Hashable {
    /// The user.
    public var userID: Identifier
    /// Calls. What is left may be below zero.
    public var requests: Double
    /// Generated tokens. What is left may be below zero.
    public var tokens: Double

    /// Creates an amount.
    public init(userID: Identifier, requests: Double, tokens: Double) {
      self.userID = userID
      self.requests = requests
      self.tokens = tokens
    }
  }

  /// Opens the tables, or creates them.
  ///
  /// - Parameters:
  ///   - requestsPerMinute: the limit of each user, the same for all nodes.
  ///   - tokensPerMinute: likewise.
  ///   - mayBeAway: whether the database need not be there yet.
  /// - Throws: when the database cannot be used now, or belongs to a newer version.
  public init(
    _ parameters: ConnectionParameters,
    requestsPerMinute: Int,
    tokensPerMinute: Int,
    mayBeAway: Bool = false
  ) throws(PostgreSQLError) {
    self.requestsPerMinute = Double(requestsPerMinute)
    self.tokensPerMinute = Double(tokensPerMinute)
    let failure = try SharedSchema.prepare(parameters, mayBeAway: mayBeAway)
    self.link = DatabaseLink(parameters, unprepared: failure)
  }

  /// Tells what users have used on this node since the last call.
  ///
  /// - Returns: what each of them has left on all nodes together.
  /// - Throws: when the database cannot be reached; it may have counted some of it.
  public func use(_ amounts: [Amount]) throws(PostgreSQLError) -> [Amount] {
    // In one order everywhere: nodes that lock the same rows wait for each other in turn.
    let amounts = amounts.sorted { $0.userID < $1.userID }
    var left: [Amount] = []
    var rest = amounts[...]
    while !rest.isEmpty {
      left += try self.use(rest.prefix(Self.users))
      rest = rest.dropFirst(Self.users)
    }
    if self.nextSweep <= .now {
      try self.sweep()
      self.nextSweep = .now + Self.sweepInterval
    }
    return left
  }

  private func use(_ amounts: ArraySlice<Amount>) throws(PostgreSQLError) -> [Amount] {
    let statement = Statement(
      """
      INSERT INTO tokenwire_access.quotas AS q (user_id, requests, tokens, at)
      SELECT user_id, $4 - requests, $5 - tokens, clock_timestamp()
      FROM unnest($1::bytea[], $2::float8[], $3::float8[]) AS used (user_id, requests, tokens)
      ON CONFLICT (user_id) DO UPDATE SET
        (requests, tokens, at) = (
          SELECT least($4, q.requests + $4 * minutes) + excluded.requests - $4,
            least($5, q.tokens + $5 * minutes) + excluded.tokens - $5,
            greatest(q.at, excluded.at)
          FROM (
            SELECT greatest(0, extract(epoch FROM excluded.at - q.at)::float8 / 60) AS minutes
          ) AS passed
        )
      RETURNING user_id, requests, tokens
      """,
      .byteas(amounts.map { Array($0.userID.text.utf8) }),
      .doubles(amounts.map(\.requests)),
      .doubles(amounts.map(\.tokens)),
      .double(self.requestsPerMinute),
      .double(self.tokensPerMinute)
    )
    let rows = try self.link.use(begin: Self.prepare) { (connection) throws(PostgreSQLError) in
      try connection.run(statement, until: DatabaseLink.deadline)
    }
    return (0 ..< rows.count).map { row in
      Amount(
        userID: Identifier(String(decoding: rows.bytes(row, 0) ?? [], as: UTF8.self)),
        requests: rows.double(row, 1) ?? 0,
        tokens: rows.double(row, 2) ?? 0
      )
    }
  }

  /// Removes rows of users who have all of their limits again, which no row says as well.
  private func sweep() throws(PostgreSQLError) {
    try self.link.use(begin: Self.prepare) { (connection) throws(PostgreSQLError) in
      _ = try connection.run(
        .command(
          """
          DELETE FROM tokenwire_access.quotas
          WHERE at < now() - interval '1 minute' AND least(requests, tokens) >= 0
          """
        ),
        until: DatabaseLink.deadline
      )
    }
  }

  /// Nothing here must outlive a crash.
  private static func prepare(_ connection: Connection) throws(PostgreSQLError) {
    _ = try connection.run(.command("SET synchronous_commit TO off"), until: DatabaseLink.deadline)
  }
}
