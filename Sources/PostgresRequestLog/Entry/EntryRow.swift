internal import Identifiers
internal import PostgreSQL
internal import RequestLog

/// An entry as a row of the table `entries`.
struct EntryRow: Sendable {
  /// The columns to select.
  static let columns = """
    position, id, user_id, idempotency_key, model, generation_id, session_id, metadata, \
    prompt_bytes, response_bytes, prompt_hash, response_hash, prompt, response, logged_at
    """

  /// How many they are.
  static let columnCount = 15

  let position: Position
  let entry: StoredEntry
  /// Of an entry that is forwarded from another log: the id that one of this log would have here.
  var ownID: ULID?
  /// Nil when there are no texts, or too many words in them.
  var words: Set<[UInt8]>?
}

extension EntryRow {
  /// A row of a statement that selects `columns` first.
  ///
  /// A row that another program has damaged is still an entry, with something missing, so that it
  /// does not fail the whole list.
  init(_ rows: Rows, _ row: Int) {
    let position = Position(rawValue: rows.integer(row, 0) ?? 0)
    let id = rows.text(row, 1).flatMap(ULID.init)
    let metadata = Self.metadata(rows.bytes(row, 7))
    var damages: [String] = []
    if id == nil { damages.append("The id cannot be read; this one is made of the time") }
    if metadata == nil { damages.append("The metadata cannot be read") }
    func name(_ column: Int) -> Identifier {
      Identifier(ZeroFreeText.decoded(rows.text(row, column) ?? ""))
    }
    self.position = position
    self.entry = StoredEntry(
      id: id ?? ULID(value: UInt128(clamping: position.timestamp.milliseconds) << 80),
      timestamp: rows.integer(row, 14).map(Timestamp.init(microseconds:)) ?? position.timestamp,
      userID: name(2),
      content: Self.content(rows, row),
      promptBytes: max(Int(rows.integer(row, 8) ?? 0), 0),
      responseBytes: max(Int(rows.integer(row, 9) ?? 0), 0),
      model: name(4),
      generationID: name(5),
      sessionID: name(6),
      metadata: metadata ?? [:],
      idempotencyKey: name(3),
      damage: damages.isEmpty ? nil : damages.joined(separator: ". ") + "."
    )
    self.words = nil
  }

  private static func content(_ rows: Rows, _ row: Int) -> EntryContent {
    if let prompt = rows.text(row, 12), let response = rows.text(row, 13) {
      return .text(prompt: ZeroFreeText.decoded(prompt), response: ZeroFreeText.decoded(response))
    }
    if let prompt = rows.bytes(row, 10), let response = rows.bytes(row, 11) {
      return .hashes(prompt: prompt, response: response)
    }
    return .none
  }

  /// - Returns: nil when it is not a JSON object of texts.
  private static func metadata(_ json: [UInt8]?) -> TextMap? {
    guard let json else { return [:] }
    return try? TextMap(json: json)
  }
}

extension EntryRow {
  /// Reads the rows that have some of these ids; one may be read twice.
  ///
  /// An id tells where its entry is, unless that was forwarded.
  static func find(_ ids: [ULID]) -> Statement {
    let ranges = ids.map { Position.range(of: $0) }
    return Statement(
      """
      SELECT \(Self.columns)
        FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS given (start, stop, given_id)
        JOIN tokenwire.entries ON position >= start AND position < stop AND id = given_id
      UNION ALL
      SELECT \(Self.columns) FROM unnest($3::text[]) AS given (given_id)
        JOIN tokenwire.entries ON id = given_id AND logged_at IS NOT NULL
      """,
      .bigints(ranges.map(\.lowerBound.rawValue)),
      .bigints(ranges.map(\.upperBound.rawValue)),
      .texts(ids.map(\.description))
    )
  }
}
