public import Identifiers

/// An entry as the log keeps it.
public struct StoredEntry: Hashable, Sendable {
  /// Sorts as the entries do.
  public var id: ULID
  /// When the log took the entry; entries of one log have different times.
  public var timestamp: Timestamp
  /// Who asked.
  public var userID: Identifier
  /// What was kept of prompt and response.
  public var content: EntryContent
  /// The size of the prompt in bytes of UTF-8, whatever was kept of it.
  public var promptBytes: Int
  /// The size of the response in bytes of UTF-8, whatever was kept of it.
  public var responseBytes: Int
  /// The model that answered; empty when it is not known.
  public var model: Identifier
  /// The id of the generation that wrote the response; empty when it is not known.
  public var generationID: Identifier
  /// What else the caller has given.
  public var metadata: TextMap
  /// Empty when there is none.
  public var idempotencyKey: Identifier
  /// What of the entry cannot be read, in sentences for its readers: another program has changed the
  /// database. Nil when all can be read.
  public var damage: String?

  /// An entry with all that a store has read of it.
  public init(
    id: ULID,
    timestamp: Timestamp,
    userID: Identifier,
    content: EntryContent,
    promptBytes: Int,
    responseBytes: Int,
    model: Identifier,
    generationID: Identifier,
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
    self.metadata = metadata
    self.idempotencyKey = idempotencyKey
    self.damage = damage
  }
}

extension StoredEntry {
  /// What the log keeps of an entry that it takes.
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
      metadata: entry.metadata,
      idempotencyKey: entry.idempotencyKey
    )
  }

  /// The size of all texts that were given, in bytes, which statistics and removals count.
  public var size: Int {
    let others =
      self.userID.utf8.count + self.model.utf8.count + self.generationID.utf8.count
      + self.idempotencyKey.utf8.count + self.metadata.size
    return others.addingClamped(self.promptBytes).addingClamped(self.responseBytes)
  }

  /// Whether this is what the log has made of `entry`, or would have in another content mode.
  public func isSame(as entry: ValidEntry) -> Bool {
    self.content.isConsistent(with: entry.content)
      && self.promptBytes == entry.promptBytes
      && self.responseBytes == entry.responseBytes
      && self.model == entry.model
      && self.generationID == entry.generationID
      && self.metadata == entry.metadata
  }
}
