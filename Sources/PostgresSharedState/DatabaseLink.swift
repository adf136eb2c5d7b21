internal import Concurrency
internal import Identifiers
internal import PostgreSQL

/// A connection that is made again after it was lost, with pauses that grow while that fails.
struct DatabaseLink {
  /// How long the server may take for an answer.
  static let responseTime = Duration.seconds(5)

  let parameters: ConnectionParameters
  private var connection: Connection?
  private var outage: Outage<PostgreSQLError>?
  /// Whether the tables are known to be there.
  private var isPrepared: Bool

  /// - Parameter failure: why the tables could not be prepared; nil when they are.
  init(_ parameters: ConnectionParameters, unprepared failure: PostgreSQLError? = nil) {
    self.parameters = parameters
    self.isPrepared = failure == nil
    self.outage = failure.map { Outage($0) }
  }

  /// Whether there is no connection, and `use` makes one.
  var isClosed: Bool { self.connection == nil }

  /// Whether the last use has failed.
  var isLost: Bool { self.outage != nil }

  /// Calls `body` with the connection, at most once.
  ///
  /// - Parameter begin: is called first with a new connection.
  /// - Throws: what `body` throws, after which the connection is closed; the last error again during
  ///   a pause.
  mutating func use<Result>(
    begin: (Connection) throws(PostgreSQLError) -> Void = { _ in },
    _ body: (Connection) throws(PostgreSQLError) -> Result
  ) throws(PostgreSQLError) -> Result {
    if let outage, .now < outage.nextAttempt { throw outage.error }
    do throws(PostgreSQLError) {
      let result = try body(try self.open(begin))
      self.outage = nil
      return result
    } catch {
      self.connection = nil
      if self.outage == nil { self.outage = Outage(error) } else { self.outage?.note(error) }
      throw error
    }
  }

  /// The next use tries at once.
  mutating func endPause() {
    self.outage?.endPause()
  }

  private mutating func open(
    _ begin: (Connection) throws(PostgreSQLError) -> Void
  ) throws(PostgreSQLError) -> Connection {
    if let connection { return connection }
    let connection = try Connection(self.parameters)
    let milliseconds = Int(Self.responseTime / .milliseconds(1))
    let settings: Identifier = """
      SELECT set_config('search_path', 'pg_catalog', false),
        set_config('lock_timeout', '\(milliseconds / 4 * 3)', false),
        set_config('idle_in_transaction_session_timeout', '\(milliseconds)', false)
      """
    _ = try connection.run(.command(settings), until: Self.deadline)
    if !self.isPrepared { try SharedSchema.prepare(connection) }
    self.isPrepared = true
    try begin(connection)
    self.connection = connection
    return connection
  }

  static var deadline: ContinuousClock.Instant { .now + Self.responseTime }
}
