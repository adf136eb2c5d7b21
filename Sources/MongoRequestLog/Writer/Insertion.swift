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
    var failures: [Int: MongoDBError] = [:]
    for failure in reply["writeErrors"]?.array ?? [] {
      guard let failure = failure.document, let index = failure["index"]?.integer,
        self.indices.indices.contains(Int(clamping: index))
      else { continue }
      failures[self.indices[Int(index)]] = MongoDBError(reply: failure)
    }
    return failures
  }
}
