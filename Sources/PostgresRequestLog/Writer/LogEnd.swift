internal import Identifiers
internal import PostgreSQL
internal import RequestLog

/// The end of the log, which a transaction that stores entries locks first.
///
/// The next transaction gets the lock when this one is visible to all, so that entries become
/// visible in the order of their positions. Whoever reads up to a position has not missed any before
/// it, and whoever has the lock knows how each earlier transaction has ended.
struct LogEnd: Sendable {
  static let lock = Statement("\(Self.selection) FOR UPDATE")
  static let read = Statement(Self.selection)

  private static let selection: Identifier = """
    SELECT position, id, bytes, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
      partitioned_until
    FROM tokenwire.log_end
    """

  /// That of the last entry; -1 before the first.
  let position: Position
  let bytes: Int
  /// The server's time, so that all nodes have the same.
  let now: Timestamp
  /// Where the last partition ends; nil when the entries are in one table.
  let partitionedUntil: Position?
  private let id: ULID?

  /// - Throws: when the row is gone.
  init(_ rows: Rows) throws(PostgreSQLError) {
    guard let position = rows.integer(0, 0), let now = rows.integer(0, 3) else {
      throw PostgreSQLError(
        .invalid,
        "the row of tokenwire.log_end is missing: another program has removed it"
      )
    }
    self.position = Position(rawValue: position)
    self.id = rows.text(0, 1).flatMap(ULID.init)
    self.bytes = Int(clamping: rows.integer(0, 2) ?? 0)
    self.now = Timestamp(microseconds: now)
    self.partitionedUntil = rows.integer(0, 4).map(Position.init(rawValue:))
  }

  /// Gives times and ids after the last entry.
  var stamps: EntryStamps {
    var stamps = EntryStamps()
    guard self.position.rawValue >= 0 else { return stamps }
    let time = self.position.timestamp
    let last = self.id ?? ULID(milliseconds: time.milliseconds)
    // Within a millisecond, ids follow one another. Those of two transactions of which the first has
    // failed must not be the same: they tell whether a transaction has been stored.
    let id = ULID(value: last.value &+ UInt128.random(in: 1 ... 1 << 48))
    if id.milliseconds == time.milliseconds {
      stamps.advance(past: .init(timestamp: time, id: id))
    } else {
      // The next entry is of the next millisecond.
      let end = Timestamp(microseconds: time.milliseconds * 1000 + 999)
      stamps.advance(past: .init(timestamp: end, id: last))
    }
    return stamps
  }

  /// Moves the end behind new entries, as a part of their transaction.
  static func advance(past rows: [EntryRow]) -> Statement {
    let last = rows.max { $0.position < $1.position }
    let bytes = rows.reduce(0) { $0.addingClamped($1.entry.size) }
    return Statement(
      """
      UPDATE tokenwire.log_end SET
        id = CASE WHEN position < $1 THEN $2 ELSE id END, position = greatest(position, $1),
        entries = entries + $3, bytes = bytes + $4
      """,
      .bigint(last?.position.rawValue ?? -1),
      .text((last?.ownID ?? last?.entry.id)?.description),
      .bigint(Int64(rows.count)),
      .bigint(Int64(bytes))
    )
  }

  /// Wakes who follows the log on other nodes, when the transaction is visible.
  static let notify = Statement("SELECT pg_notify('\(Database.channel)', '')")
}
