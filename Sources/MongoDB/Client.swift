internal import CMongoC
public import Identifiers

/// A client of a pool, with a session. It is valid as long as the function that it was given to.
///
/// Its functions block the thread, but no longer than the pool was told.
public struct Client: ~Copyable {
  private let client: OpaquePointer
  private let session: OpaquePointer

  init(_ client: OpaquePointer, _ session: OpaquePointer) {
    self.client = client
    self.session = session
  }

  /// Runs a command that changes nothing, on the primary. What it reads is durable on a majority.
  ///
  /// - Throws: all but `notDurable`.
  public func read(_ command: Document, in database: Identifier) throws(MongoDBError) -> Document {
    try self.run(command, in: database, tokenwire_read_concern)
  }

  /// Runs a command that writes. It returns when it is durable on a majority.
  ///
  /// - Throws: also for what a server refuses of a list of documents, unless `allowsPart`.
  public func write(
    _ command: Document,
    in database: Identifier,
    allowsPart: Bool = false
  ) throws(MongoDBError) -> Document {
    let reply = try self.run(command, in: database, tokenwire_write_concern)
    if !allowsPart, let failed = reply["writeErrors"]?.array?.first?.document {
      throw MongoDBError(reply: failed)
    }
    return reply
  }

  /// Runs a command on a server as it is, such as `hello`.
  public func run(_ command: Document, in database: Identifier) throws(MongoDBError) -> Document {
    try self.run(command, in: database, tokenwire_no_concern)
  }

  /// All documents that a command such as `find` or `aggregate` finds, durable on a majority.
  ///
  /// A cursor is in the memory of one server: should there be several, as the routers of a cluster are,
  /// the rest is asked of the one that has it.
  public func all(_ command: Document, in database: Identifier) throws(MongoDBError) -> [Document] {
    var error = bson_error_t()
    let server = tokenwire_select_server(self.client, &error)
    if server == 0 { throw MongoDBError(error) }
    var documents: [Document] = []
    var cursor = Cursor(try self.run(command, in: database, tokenwire_read_concern, on: server))
    documents += cursor.documents
    while cursor.id != 0 {
      // Behind the name of the database and a dot.
      let name = String(Substring(cursor.namespace.utf8.dropFirst(database.utf8.count + 1)))
      let more: Document = ["getMore": .int64(cursor.id), "collection": .text(name)]
      cursor = Cursor(try self.run(more, in: database, tokenwire_no_concern, on: server))
      documents += cursor.documents
    }
    return documents
  }

  private func run(
    _ command: Document,
    in database: Identifier,
    _ concern: tokenwire_concern,
    on server: UInt32 = 0
  ) throws(MongoDBError) -> Document {
    let bytes = command.bytes
    var error = bson_error_t()
    let result = tokenwire_run(
      concern,
      self.client,
      server,
      database.text,
      bytes,
      bytes.count,
      self.session,
      &error
    )
    guard let result else { throw MongoDBError(error) }
    defer { bson_destroy(result) }
    let size = tokenwire_size(result)
    let reply = Document(
      bytes: Array(UnsafeBufferPointer(start: bson_get_data(result), count: size))
    )
    guard let reply, reply["ok"]?.integer == 1 else {
      guard let reply, reply["code"] != nil else { throw MongoDBError(error) }
      throw MongoDBError(reply: reply)
    }
    if let failure = reply["writeConcernError"]?.document {
      throw MongoDBError(.notDurable, MongoDBError(reply: failure).message)
    }
    return reply
  }
}

/// What a reply says of a cursor.
public struct Cursor {
  /// The documents in the reply.
  public let documents: [Document]
  /// Which documents follow; 0 when there are no more.
  public let id: Int64
  let namespace: String

  /// Reads a reply to `find`, `aggregate` or `getMore`.
  public init(_ reply: Document) {
    let cursor = reply["cursor"]?.document ?? [:]
    let batch = cursor["firstBatch"] ?? cursor["nextBatch"]
    self.documents = batch?.array?.compactMap(\.document) ?? []
    self.id = cursor["id"]?.integer ?? 0
    self.namespace = cursor["ns"]?.text ?? ""
  }
}
