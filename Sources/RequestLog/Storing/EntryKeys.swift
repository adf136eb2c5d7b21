package import Identifiers

/// The entries that have certain idempotency keys of their users.
package struct EntryKeys {
  /// An idempotency key of a user.
  package struct Key: Hashable {
    package let userID: Identifier
    package let key: Identifier

    /// Nil for the empty key.
    private init?(_ userID: Identifier, _ key: Identifier) {
      if key.isEmpty { return nil }
      self.userID = userID
      self.key = key
    }

    /// The key of an entry; nil when it has none.
    package init?(_ entry: ValidEntry) { self.init(entry.userID, entry.idempotencyKey) }

    /// The key of an entry; nil when it has none.
    package init?(_ entry: StoredEntry) { self.init(entry.userID, entry.idempotencyKey) }
  }

  private var entries: [Key: StoredEntry] = [:]

  /// The keys of entries.
  package init(_ entries: [StoredEntry]) {
    for entry in entries { self[Key(entry)] = entry }
  }

  /// The entry that has a key; nil for none.
  package subscript(key: Key?) -> StoredEntry? {
    get { key.flatMap { self.entries[$0] } }
    set { if let key { self.entries[key] = newValue } }
  }
}
