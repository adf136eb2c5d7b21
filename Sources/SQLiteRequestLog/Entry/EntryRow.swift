internal import Identifiers
internal import JSON
internal import RequestLog
internal import SQLite

/// An entry as a row of the table `entries`.
struct EntryRow {
  /// The columns to select; texts have the table's name, because the search index has the same
  /// names.
  static let columns = """
    position, id, user_id, idempotency_key, model, generation_id, metadata_json, prompt_bytes, \
    response_bytes, prompt_hash, response_hash, entries.prompt, entries.response, session_id
    """

  private static let insertion = """
    INSERT INTO entries (
        position, id, user_id, idempotency_key, model, generation_id, metadata_json, prompt_bytes,
        response_bytes, prompt_hash, response_hash, prompt, response, bytes, session_id
      )
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
    """

  var position: Position
  var entry: StoredEntry
}

extension EntryRow {
  /// The current row of a statement that selects `columns`.
  ///
  /// A row that another program has damaged is still an entry, with something missing, so that it
  /// does not fail the whole list.
  init(_ statement: Statement) {
    let position = Position(rawValue: statement.integer(at: 0) ?? 0)
    let id = statement.text(at: 1).flatMap(ULID.init)
    let metadata = Self.metadata(statement.bytes(at: 6))
    var damages: [String] = []
    if id == nil { damages.append("The id cannot be read; this one is made of the time") }
    if metadata == nil { damages.append("The metadata cannot be read") }
    self.position = position
    self.entry = StoredEntry(
      id: id ?? ULID(value: UInt128(clamping: position.timestamp.milliseconds) << 80),
      timestamp: position.timestamp,
      userID: statement.identifier(at: 2) ?? "",
      content: EntryContent(statement, at: 9),
      promptBytes: max(Int(statement.integer(at: 7) ?? 0), 0),
      responseBytes: max(Int(statement.integer(at: 8) ?? 0), 0),
      model: statement.identifier(at: 4) ?? "",
      generationID: statement.identifier(at: 5) ?? "",
      sessionID: statement.identifier(at: 13) ?? "",
      metadata: metadata ?? [:],
      idempotencyKey: statement.identifier(at: 3) ?? "",
      damage: damages.isEmpty ? nil : damages.joined(separator: ". ") + "."
    )
  }

  func insert(into connection: Connection) throws(SQLiteError) {
    let entry = self.entry
    try connection.withStatement(Self.insertion) { (statement) throws(SQLiteError) in
      try statement.bind(self.position.rawValue, at: 1)
      try statement.bind(entry.id.description, at: 2)
      try statement.bind(entry.userID, at: 3)
      try statement.bind(entry.idempotencyKey.isEmpty ? nil : entry.idempotencyKey, at: 4)
      try statement.bind(entry.model, at: 5)
      try statement.bind(entry.generationID, at: 6)
      try statement.bind(entry.metadata.isEmpty ? nil : entry.metadata.json, at: 7)
      try statement.bind(Int64(entry.promptBytes), at: 8)
      try statement.bind(Int64(entry.responseBytes), at: 9)
      try entry.content.bind(to: statement, at: 10)
      try statement.bind(Int64(entry.size), at: 14)
      try statement.bind(entry.sessionID.isEmpty ? nil : entry.sessionID, at: 15)
      try statement.run()
    }
  }

  /// - Returns: nil when it is not a JSON object of texts.
  private static func metadata(_ json: [UInt8]?) -> TextMap? {
    guard let json else { return [:] }
    return try? TextMap(json: json)
  }
}

extension EntryContent {
  /// Reads four columns: two hashes, then two texts.
  fileprivate init(_ statement: Statement, at column: Int) {
    if let prompt = statement.text(at: column + 2), let response = statement.text(at: column + 3) {
      self = .text(prompt: prompt, response: response)
    } else if let prompt = statement.bytes(at: column),
      let response = statement.bytes(at: column + 1)
    {
      self = .hashes(prompt: prompt, response: response)
    } else {
      self = .none
    }
  }

  /// Binds four parameters, or leaves them NULL.
  fileprivate func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
    switch self {
    case .text(let prompt, let response):
      try statement.bind(prompt, at: index + 2)
      try statement.bind(response, at: index + 3)
    case .hashes(let prompt, let response):
      try statement.bind(prompt, at: index)
      try statement.bind(response, at: index + 1)
    case .none: break
    }
  }
}
