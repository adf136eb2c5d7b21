internal import Identifiers
internal import LogSearch
internal import MongoDB
internal import RequestLog

/// An entry as a document of the collection `requests`.
///
/// `user_id`, `prompt`, `response` and `timestamp` are the article's.
struct EntryDocument: Sendable {
  /// What an index of words has for an entry with too many words, and each search looks for.
  static let anyWord = ""
  /// All fields but the words, which are many.
  static let projection: Value = ["words": 0]

  let position: Position
  let entry: StoredEntry
  /// Whether another log has acknowledged the entry: its time is then another one than that of its
  /// position.
  var isForwarded = false
}

extension EntryDocument {
  /// - Parameter words: nil when there are too many, or no texts.
  func document(words: Set<[UInt8]>?) -> Document {
    let entry = self.entry
    var document: Document = [
      "_id": .text(entry.id.description), "position": .int64(self.position.rawValue),
      "user_id": .text(entry.userID.text),
    ]
    switch entry.content {
    case .text(let prompt, let response):
      document.append("prompt", .text(prompt))
      document.append("response", .text(response))
    case .hashes(let prompt, let response):
      document.append("prompt_hash", .binary(prompt))
      document.append("response_hash", .binary(response))
    case .none: break
    }
    document.append("timestamp", .date(entry.timestamp.milliseconds))
    if self.isForwarded { document.append("logged_at", .int64(entry.timestamp.microseconds)) }
    document.append("model", .text(entry.model.text))
    document.append("generation_id", .text(entry.generationID.text))
    document.append("session_id", ifPresent: Self.name(entry.sessionID))
    document.append("idempotency_key", ifPresent: Self.name(entry.idempotencyKey))
    if !entry.metadata.isEmpty {
      // Not by name: names of BSON cannot have U+0000 in them, and queries none with dots.
      let pairs = entry.metadata.map { key, value -> Value in
        ["key": .text(key), "value": .text(value)]
      }
      document.append("metadata", .array(pairs))
    }
    document.append("prompt_bytes", .int64(Int64(entry.promptBytes)))
    document.append("response_bytes", .int64(Int64(entry.responseBytes)))
    document.append("bytes", .int64(Int64(entry.size)))
    if let words {
      document.append("words", .array(words.map { .text(String(decoding: $0, as: UTF8.self)) }))
    } else if case .text = entry.content {
      document.append("words", [.text(Self.anyWord)])
    }
    return document
  }

  /// Nil for what only fills the place of an entry.
  ///
  /// A document that another program has damaged is still an entry, with something missing, so that it
  /// does not fail the whole list.
  init?(_ document: Document) {
    if document["filled"] != nil { return nil }
    let position = Position(rawValue: document["position"]?.integer ?? 0)
    let loggedAt = document["logged_at"]?.integer
    let id = document["_id"]?.text.flatMap(ULID.init)
    let metadata = Self.metadata(document["metadata"])
    var damages: [String] = []
    if id == nil { damages.append("The id cannot be read; this one is made of the time") }
    if metadata == nil { damages.append("The metadata cannot be read") }
    func name(_ value: Value?) -> Identifier { Identifier(value?.text ?? "") }
    func count(_ value: Value?) -> Int { max(Int(clamping: value?.integer ?? 0), 0) }
    self.position = position
    self.isForwarded = loggedAt != nil
    self.entry = StoredEntry(
      id: id ?? ULID(value: UInt128(clamping: position.timestamp.milliseconds) << 80),
      timestamp: loggedAt.map(Timestamp.init(microseconds:)) ?? position.timestamp,
      userID: name(document["user_id"]),
      content: Self.content(document),
      promptBytes: count(document["prompt_bytes"]),
      responseBytes: count(document["response_bytes"]),
      model: name(document["model"]),
      generationID: name(document["generation_id"]),
      sessionID: name(document["session_id"]),
      metadata: metadata ?? [:],
      idempotencyKey: name(document["idempotency_key"]),
      damage: damages.isEmpty ? nil : damages.joined(separator: ". ") + "."
    )
  }

  /// An index has only entries that have a name.
  private static func name(_ name: Identifier) -> Value? {
    name.isEmpty ? nil : .text(name.text)
  }

  private static func content(_ document: Document) -> EntryContent {
    if let prompt = document["prompt"]?.text, let response = document["response"]?.text {
      return .text(prompt: prompt, response: response)
    }
    if let prompt = document["prompt_hash"]?.binary,
      let response = document["response_hash"]?.binary
    {
      return .hashes(prompt: prompt, response: response)
    }
    return .none
  }

  /// - Returns: nil when it is no list of texts with keys.
  private static func metadata(_ value: Value?) -> TextMap? {
    guard let value else { return [:] }
    guard let pairs = value.array else { return nil }
    var metadata = TextMap()
    for pair in pairs {
      guard let key = pair.document?["key"]?.text, let text = pair.document?["value"]?.text else {
        return nil
      }
      metadata[Identifier(key)] = text
    }
    return metadata
  }
}

extension ULID {
  /// An id for an entry at a position, which sorts like it: the microsecond follows the millisecond,
  /// then comes chance.
  init(at position: Position) {
    let time = position.timestamp
    let microsecond = UInt128(truncatingIfNeeded: time.microseconds % 1000)
    let random = UInt128.random(in: 0 ..< 1 << 70)
    let milliseconds = UInt128(truncatingIfNeeded: time.milliseconds)
    self.init(value: milliseconds << 80 | microsecond << 70 | random)
  }
}
