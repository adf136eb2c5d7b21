public import Identifiers

/// An entry as it is stored.
public struct StoredEntry: Hashable, Sendable {
  /// The id, which sorts like the entries that the log itself has acknowledged.
  public var id: ULID
  /// When the log accepted the entry, or, if it was forwarded, the log that acknowledged it.
  public var timestamp: Timestamp
  /// The user who sent the prompt.
  public var userID: Identifier
  /// What is stored of prompt and response.
  public var content: EntryContent
  /// The size of the prompt in bytes of UTF-8, whatever is stored of it.
  public var promptBytes: Int
  /// The size of the response in bytes of UTF-8, whatever is stored of it.
  public var responseBytes: Int
  /// The model that answered; empty if unknown.
  public var model: Identifier
  /// The id of the generation that wrote the response; empty if unknown.
  public var generationID: Identifier
  /// The conversation that it belongs to; empty if none.
  public var sessionID: Identifier
  /// Other data of the caller.
  public var metadata: TextMap
  /// Empty if there is none.
  public var idempotencyKey: Identifier
  /// What cannot be read because another program has changed the database, in sentences for
  /// readers; nil if everything can.
  public var damage: String?

  /// Creates an entry from everything that a store has read.
  public init(
    id: ULID,
    timestamp: Timestamp,
    userID: Identifier,
    content: EntryContent,
    promptBytes: Int,
    responseBytes: Int,
    model: Identifier,
    generationID: Identifier,
    sessionID: Identifier = "",
    metadata: TextMap,
    idempotencyKey: Identifier,
    damage: String? = nil
  ) {
    self.id = id
    self.timestamp = timestamp
    self.userID = userID
    self.content = content
    self.promptBytes = promptBytes
    self.responseBytes = responseBytes
    self.model = model
    self.generationID = generationID
    self.sessionID = sessionID
    self.metadata = metadata
    self.idempotencyKey = idempotencyKey
    self.damage = damage
  }
}

extension StoredEntry {
  /// The stored form of an entry that is accepted.
  public init(_ entry: ValidEntry, _ stamp: EntryStamps.Stamp) {
    self.init(
      id: stamp.id,
      timestamp: stamp.timestamp,
      userID: entry.userID,
      content: entry.content,
      promptBytes: entry.promptBytes,
      responseBytes: entry.responseBytes,
      model: entry.model,
      generationID: entry.generationID,
      sessionID: entry.sessionID,
      metadata: entry.metadata,
      idempotencyKey: entry.idempotencyKey
    )
  }

  /// The size of the logged texts, in bytes, which statistics and removals count.
  public var size: Int {
    let others =
      self.userID.utf8.count + self.model.utf8.count + self.generationID.utf8.count
      + self.sessionID.utf8.count + self.idempotencyKey.utf8.count + self.metadata.size
    return others.addingClamped(self.promptBytes).addingClamped(self.responseBytes)
  }

  /// Whether this was stored from `entry`, in whatever content mode.
  public func isSame(as entry: ValidEntry) -> Bool {
    self.content.isConsistent(with: entry.content)
      && self.promptBytes == entry.promptBytes
      && self.responseBytes == entry.responseBytes
      && self.model == entry.model
      && self.generationID == entry.generationID
      && self.sessionID == entry.sessionID
      && self.metadata == entry.metadata
  }

  /// Whether both were stored from equal content, in whatever content modes.
  func isSame(as other: StoredEntry) -> Bool {
    self.content.isConsistent(with: other.content)
      && self.promptBytes == other.promptBytes
      && self.responseBytes == other.responseBytes
      && self.model == other.model
      && self.generationID == other.generationID
      && self.sessionID == other.sessionID
      && self.metadata == other.metadata
  }
}
