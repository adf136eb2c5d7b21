internal import Identifiers
internal import MongoDB
internal import RequestLog

extension EntryKeys {
  /// Reads the entries that have some of these keys.
  init(
    _ keys: [Key],
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    let found =
      keys.isEmpty
      ? []
      : try client.all(
        [
          "find": .text(Database.entries),
          "filter": [
            "$or": .array(
              keys.map {
                ["user_id": .text($0.userID.text), "idempotency_key": .text($0.key.text)]
              }
            )
          ],
          "projection": EntryDocument.projection, "collation": Database.simple,
        ],
        in: database.name
      )
    self.init(found.compactMap { EntryDocument($0)?.entry })
  }
}
