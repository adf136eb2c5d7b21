internal import Identifiers
internal import MongoDB
internal import RequestLog

/// The entries that have certain idempotency keys of their users.
struct EntryKeys {
  struct Key: Hashable {
    let userID: Identifier
    let key: Identifier

    /// Nil for the empty key.
    init?(_ userID: Identifier, _ key: Identifier) {
      if key.isEmpty { return nil }
      self.userID = userID
      self.key = key
    }

    init?(_ entry: ValidEntry) { self.init(entry.userID, entry.idempotencyKey) }

    init?(_ entry: StoredEntry) { self.init(entry.userID, entry.idempotencyKey) }
  }

  private var entries: [Key: StoredEntry] = [:]

  /// Reads the entries that have some of these keys.
  init(
    _ keys: [Key],
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    if keys.isEmpty { return }
    let found = try client.all(
      [
        "find": .text(Database.entries),
        "filter": [
          "$or": .array(
            keys.map { ["user_id": .text($0.userID.text), "idempotency_key": .text($0.key.text)] }
          )
        ],
        "projection": EntryDocument.projection, "collation": Database.simple,
      ],
      in: database.name
    )
    for document in found {
      guard let entry = EntryDocument(document)?.entry, let key = Key(entry) else { continue }
      self.entries[key] = entry
    }
  }

  subscript(key: Key?) -> StoredEntry? {
    get { key.flatMap { self.entries[$0] } }
    set { if let key { self.entries[key] = newValue } }
  }
}
