internal import Identifiers
internal import PostgreSQL
internal import RequestLog

extension EntryRow {
  /// One plan for any number of rows.
  private static let insertion: Identifier = """
    INSERT INTO tokenwire.entries (
        position, id, user_id, bytes, idempotency_key, model, generation_id, session_id, metadata,
        prompt_bytes, response_bytes, prompt_hash, response_hash, prompt, response, words, logged_at
      )
      SELECT
        position, id, user_id, bytes, idempotency_key, model, generation_id, session_id,
        metadata::json, prompt_bytes, response_bytes, prompt_hash, response_hash, prompt, response,
        words, logged_at
      FROM unnest(
        $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bytea[], $13::bytea[],
        $14::text[], $15::text[], $16::tsvector[], $17::bigint[]
      ) AS new (
        position, id, user_id, bytes, idempotency_key, model, generation_id, session_id, metadata,
        prompt_bytes, response_bytes, prompt_hash, response_hash, prompt, response, words, logged_at
      )
    """

  static func insert(_ rows: [EntryRow]) -> Statement {
    func names(_ name: (StoredEntry) -> Identifier) -> Parameter {
      .texts(rows.map { ZeroFreeText.encoded(name($0.entry).text) })
    }
    func optionalNames(_ name: (StoredEntry) -> Identifier) -> Parameter {
      .texts(
        rows.map { row in
          let name = name(row.entry)
          return name.isEmpty ? nil : ZeroFreeText.encoded(name.text)
        }
      )
    }
    let texts = rows.map { $0.entry.content.texts }
    let hashes = rows.map { $0.entry.content.hashes }
    return Statement(
      Self.insertion,
      .bigints(rows.map(\.position.rawValue)),
      .texts(rows.map(\.entry.id.description)),
      names(\.userID),
      .bigints(rows.map { Int64($0.entry.size) }),
      optionalNames(\.idempotencyKey),
      names(\.model),
      names(\.generationID),
      optionalNames(\.sessionID),
      .texts(rows.map { $0.entry.metadata.isEmpty ? nil : $0.entry.metadata.json }),
      .bigints(rows.map { Int64($0.entry.promptBytes) }),
      .bigints(rows.map { Int64($0.entry.responseBytes) }),
      .byteas(hashes.map { $0?.prompt }),
      .byteas(hashes.map { $0?.response }),
      .texts(texts.map { $0.map { ZeroFreeText.encoded($0.prompt) } }),
      .texts(texts.map { $0.map { ZeroFreeText.encoded($0.response) } }),
      .wordSets(rows.map(\.words)),
      .bigints(rows.map { $0.ownID == nil ? nil : $0.entry.timestamp.microseconds })
    )
  }
}

extension EntryContent {
  fileprivate var texts: (prompt: String, response: String)? {
    if case .text(let prompt, let response) = self { (prompt, response) } else { nil }
  }

  fileprivate var hashes: (prompt: [UInt8], response: [UInt8])? {
    if case .hashes(let prompt, let response) = self { (prompt, response) } else { nil }
  }
}
