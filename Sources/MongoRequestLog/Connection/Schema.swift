internal import MongoDB

/// The indexes of a log, and the document that says that they are there.
enum Schema {
  /// Grows with each change that an older version of the program must not write to.
  static let version: Int64 = 1

  private static let indexes: [Document] = [
    // Sparse, and not for all: documents that other programs insert have no position.
    ["name": "entries_by_position", "key": ["position": 1], "unique": true, "sparse": true],
    // Has all that statistics need.
    ["name": "entries_by_user", "key": ["user_id": 1, "position": 1, "bytes": 1]],
    [
      "name": "entries_by_idempotency_key", "key": ["user_id": 1, "idempotency_key": 1],
      "unique": true, "partialFilterExpression": ["idempotency_key": ["$exists": true]],
    ],
    [
      "name": "entries_by_session", "key": ["session_id": 1, "user_id": 1, "position": 1],
      "partialFilterExpression": ["session_id": ["$exists": true]],
    ],
    ["name": "entries_by_model", "key": ["model": 1, "position": 1]],
    ["name": "entries_by_words", "key": ["words": 1, "position": 1]],
  ]

  /// Creates the indexes that are missing. Several nodes may do it at once.
  ///
  /// Each start does it: without the unique ones, which a restored collection may lack, late insertions
  /// and repeated keys would go unnoticed.
  static func createIndexes(
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    do {
      try self.create(client, database)
    } catch  where error.code == .server(MongoDBError.duplicateKey) {
      throw MongoDBError(
        .invalid,
        """
        a unique index of \(Database.entries) cannot be created: while it was missing, documents with \
        the same position, or the same key of a user, were inserted
        """
      )
    }
  }

  /// The names of indexes that are missing.
  ///
  /// - Throws: `server(13)` when the user may not know.
  static func missingIndexes(
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> [String] {
    let found: [Document]
    do {
      let reply = try client.run(["listIndexes": .text(Database.entries)], in: database.name)
      // A collection has at most 64, which are all in the first answer.
      found = Cursor(reply).documents
    } catch  where error.code == .server(MongoDBError.namespaceNotFound) {
      found = []
    }
    // Servers keep numbers as others have sent them.
    func properties(_ index: Document) -> [String] {
      (index["key"]?.document ?? [:]).pairs.map { "\($0.name) \($0.value.integer ?? 0)" }
        + ["\(index["unique"]?.integer ?? 0)"]
    }
    let known = Set(found.map(properties))
    return self.indexes.filter { !known.contains(properties($0)) }
      .compactMap { $0["name"]?.text }
  }

  private static func create(
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) {
    _ = try client.write(
      [
        "createIndexes": .text(Database.entries),
        "indexes": .array(
          self.indexes.map { index in
            var index = index
            // Names are compared by their bytes, also in a collection that compares otherwise.
            index.append("collation", Database.simple)
            return .document(index)
          }
        ),
      ],
      in: database.name
    )
  }

  /// Checks that the database has the newest schema.
  ///
  /// - Throws: `newerSchema`, or `invalid` when it has none or an older one.
  static func check(_ client: borrowing Client, _ database: Database) throws(MongoDBError) {
    if try self.isCurrent(client, database) { return }
    throw MongoDBError(
      .invalid,
      "the database has no log of this program (collection \(Database.state))"
    )
  }

  /// Whether the database has the newest schema.
  ///
  /// - Throws: `newerSchema`.
  static func isCurrent(
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> Bool {
    guard let version = try LogEnd.document(client, database)?["schema"]?.integer else {
      return false
    }
    if version > self.version { throw .newerSchema }
    return version == self.version
  }
}

extension MongoDBError {
  /// The number of a missing right.
  static let unauthorized = 13
  fileprivate static let namespaceNotFound = 26

  /// The database belongs to a version of the program that is newer than this one.
  static let newerSchema = MongoDBError(
    .invalid,
    "the database belongs to a newer version of this program: use that one"
  )
}
