internal import Identifiers
internal import PostgreSQL
internal import RequestLog

/// The entries that have certain idempotency keys of their users.
struct EntryKeys {
  private struct Key: Hashable {
    let userID: Identifier
    let key: Identifier
  }

  private var entries: [Key: StoredEntry] = [:]

  /// - Parameter rows: the result of `read`; nil when it had nothing to read.
  init(_ rows: Rows?) {
    guard let rows else { return }
    for row in 0 ..< rows.count {
      let entry = EntryRow(rows, row).entry
      self[entry.userID, entry.idempotencyKey] = entry
    }
  }

  /// The entry of a user with a key; nil for the empty key.
  subscript(userID: Identifier, key: Identifier) -> StoredEntry? {
    get { self.entries[Key(userID: userID, key: key)] }
    set {
      guard !key.isEmpty else { return }
      self.entries[Key(userID: userID, key: key)] = newValue
    }
  }

  /// Reads the entries that have the keys of new ones.
  ///
  /// - Returns: no statement when these have no keys.
  static func read(_ entries: [ValidEntry]) -> [Statement] {
    self.read(entries.map { (userID: $0.userID, key: $0.idempotencyKey) })
  }

  static func read(_ keys: [(userID: Identifier, key: Identifier)]) -> [Statement] {
    let keys = keys.filter { !$0.key.isEmpty }
    if keys.isEmpty { return [] }
    return [
      Statement(
        """
        SELECT \(EntryRow.columns) FROM unnest($1::text[], $2::text[]) AS given (user_name, key)
          JOIN tokenwire.entries ON user_id = user_name AND idempotency_key = key
        """,
        .texts(keys.map { ZeroFreeText.encoded($0.userID.text) }),
        .texts(keys.map { ZeroFreeText.encoded($0.key.text) })
      )
    ]
  }
}
