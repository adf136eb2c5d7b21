internal import MongoDB
internal import RequestLog

/// Documents that are inserted together, in one command.
struct Insertion {
  /// The indices of its documents among all that are stored.
  private(set) var indices: [Int] = []
  private var documents: [Document] = []
  private var size = 0

  /// A command is a document as well.
  private static let maximumSize = 12 << 20

  /// Divides documents among as few commands as can take them.
  static func insertions(of documents: [Document]) -> [Insertion] {
    var insertions: [Insertion] = []
    var current = Insertion()
    for (index, document) in documents.enumerated() {
      if !current.indices.isEmpty, current.size + document.size > self.maximumSize {
        insertions.append(current)
        current = Insertion()
      }
      current.indices.append(index)
      current.documents.append(document)
      current.size += document.size
    }
    if !current.indices.isEmpty { insertions.append(current) }
    return insertions
  }

  /// Inserts the documents; it returns when they are durable.
  ///
  /// - Parameter isOrdered: whether to stop at the first that fails.
  /// - Returns: why documents were not inserted, by their indices.
  /// - Throws: `connectionLost` also when the server could not be used in the middle, or does not tell
  ///   what has become of each document.
  func run(
    isOrdered: Bool = false,
    _ client: borrowing Client,
    _ database: Database
  ) throws(MongoDBError) -> [Int: MongoDBError] {
    let reply = try client.write(
      [
        "insert": .text(Database.entries), "ordered": .bool(isOrdered),
        "documents": .array(self.documents.map { .document($0) }),
      ],
      in: database.name,
      allowsPart: true
    )
    let failures = try Self.failures(in: reply, of: self.documents.count, isOrdered: isOrdered)
    return [Int: MongoDBError](
      uniqueKeysWithValues: failures.map { (self.indices[$0.key], $0.value) }
    )
  }

  /// Why documents were not inserted, by their places in the command.
  ///
  /// - Throws: `connectionLost` when an answer says less than what has become of each document, or that
  ///   the server stepped down between two of them: any may be stored then.
  static func failures(
    in reply: Document,
    of count: Int,
    isOrdered: Bool
  ) throws(MongoDBError) -> [Int: MongoDBError] {
    var failures: [Int: MongoDBError] = [:]
    for failure in reply["writeErrors"]?.array ?? [] {
      guard let failure = failure.document, let index = failure["index"]?.integer,
        (0 ..< count).contains(Int(clamping: index))
      else { throw .unclearAnswer }
      let error = MongoDBError(reply: failure)
      if error.isOutage { throw MongoDBError(.connectionLost, "\(error)") }
      failures[Int(index)] = error
    }
    let inserted = isOrdered ? failures.keys.min() ?? count : count - failures.count
    guard reply["n"]?.integer == Int64(inserted) else { throw .unclearAnswer }
    return failures
  }
}

extension MongoDBError {
  fileprivate static let unclearAnswer = MongoDBError(
    .connectionLost,
    "the server does not tell what has become of each document"
  )
}
