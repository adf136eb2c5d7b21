internal import Identifiers
internal import PostgreSQL

/// Connects to a log's database.
struct Database: Sendable {
  /// The channel that commits notify.
  static let channel = "tokenwire_log"

  let parameters: ConnectionParameters
  /// How long the server may take for an answer, before the connection counts as lost.
  let responseTime: Duration

  /// Connects, and makes the session as the log needs it.
  ///
  /// - Parameters:
  ///   - statementTime: how long a statement may run; nil is for ever.
  ///   - isWriting: whether to always use indexes, which a plan for an empty table would not.
  func connect(
    statementTime: Duration? = nil,
    isWriting: Bool = false,
    wakeup: Wakeup? = nil
  ) throws(PostgreSQLError) -> Connection {
    let connection = try Connection(self.parameters, wakeup: wakeup)
    let response = self.responseTime.millisecondCount
    var settings = [
      // Another schema's functions must not be called instead of the server's own.
      "'search_path', 'pg_catalog'",
      // A node that stops within a transaction would keep all others from storing.
      "'idle_in_transaction_session_timeout', '\(response)'",
      // A lock that is not free in time is told by the server, before the client gives up.
      "'lock_timeout', '\(response / 4 * 3)'",
      "'statement_timeout', '\(statementTime?.millisecondCount ?? 0)'",
      "'plan_cache_mode', '\(isWriting ? "auto" : "force_custom_plan")'",
      // Statements are short; and a table that is read without an index, although none should be,
      // would count as one that is worth compiling.
      "'jit', 'off'",
      // Acknowledged means durable: all other values but `off` are the operator's choice.
      """
      'synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
        ELSE current_setting('synchronous_commit') END
      """,
    ]
    if isWriting {
      settings += ["enable_seqscan", "enable_hashjoin", "enable_mergejoin"].map { "'\($0)', 'off'" }
    }
    if connection.serverVersion >= 140_000 {
      // A statement whose caller has gone away ends.
      settings.append("'client_connection_check_interval', '1000'")
    }
    let calls = settings.map { "set_config(\($0), false)" }.joined(separator: ", ")
    let rows = try connection.run(
      Statement("SELECT current_setting('server_encoding'), \(calls)", isPrepared: false),
      until: self.deadline
    )
    guard rows.identifier(0, 0) == "UTF8" else {
      throw PostgreSQLError(
        .invalid,
        "the database's encoding is not UTF8: create it with ENCODING 'UTF8' TEMPLATE template0"
      )
    }
    return connection
  }

  /// Until when the server has time for an answer.
  var deadline: ContinuousClock.Instant { .now + self.responseTime }
}

extension Duration {
  /// At least 1, because 0 is no limit to the server.
  fileprivate var millisecondCount: Int {
    max(Int(clamping: Int128(self.attoseconds) / 1_000_000_000_000_000), 1)
  }
}
