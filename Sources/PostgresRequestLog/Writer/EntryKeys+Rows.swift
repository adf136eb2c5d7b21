internal import Identifiers
internal import PostgreSQL
internal import RequestLog

extension EntryKeys {
  /// - Parameter rows: the result of `read`; nil when it had nothing to read.
  init(_ rows: Rows?) {
    self.init(rows.map { rows in (0 ..< rows.count).map { EntryRow(rows, $0).entry } } ?? [])
  }

  /// Reads the entries that have some of these keys.
  ///
  /// - Returns: no statement when there are no keys.
  static func read(_ keys: [Key]) -> [Statement] {
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
