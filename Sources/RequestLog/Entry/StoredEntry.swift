public import Identifiers

/// An entry as the log keeps it.
public struct StoredEntry: Hashable, Sendable {
  public var id: ULID
  /// When the log took the entry; entries of one log have different times.
  public var timestamp: Timestamp
  public var userID: Identifier
  public var content: EntryContent
  /// The sizes of prompt and response in bytes of UTF-8, whatever was kept of them.
  public var promptBytes: Int
  public var responseBytes: Int
  public var model: Identifier
  public var generationID: Identifier
  public var metadata: TextMap
  /// Empty when there is none.
  public var idempotencyKey: Identifier
  /// What of the entry cannot be read, for its readers: another program has changed the database.
  /// Nil: all can.
  public var damage: String?
}

extension StoredEntry {
  init(_ entry: ValidEntry, _ stamp: EntryStamps.Stamp) {
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

  /// Whether this is what the log has made of `entry`, or would have in another content mode.
  func isSame(as entry: ValidEntry) -> Bool {
    self.content.isConsistent(with: entry.content)
      && self.promptBytes == entry.promptBytes
      && self.responseBytes == entry.responseBytes
      && self.model == entry.model
      && self.generationID == entry.generationID
      && self.metadata == entry.metadata
  }
}
