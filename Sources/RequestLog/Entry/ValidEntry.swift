public import Identifiers

/// An entry that every store accepts, as it will be stored.
public struct ValidEntry: Sendable {
  /// The user who sent the prompt.
  public let userID: Identifier
  /// What is stored of prompt and response.
  public let content: EntryContent
  /// The size of the prompt, in bytes of UTF-8.
  public let promptBytes: Int
  /// The size of the response, in bytes of UTF-8.
  public let responseBytes: Int
  /// The model that answered; empty if unknown.
  public let model: Identifier
  /// The id of the generation that wrote the response; empty if unknown.
  public let generationID: Identifier
  /// The conversation that it belongs to; empty if none.
  public let sessionID: Identifier
  /// Other data of the caller.
  public let metadata: TextMap
  /// Empty if there is none.
  public let idempotencyKey: Identifier
  /// The size of all fields as given, in bytes.
  public let size: Int

  /// - Parameter content: what is stored of prompt and response.
  /// - Throws: `invalid`, which names the field, its limit and what was given.
  public init(_ entry: NewEntry, limits: EntryLimits, content: ContentMode) throws(LogError) {
    let prompt = try Self.size(of: entry.prompt, "prompt", in: 1 ... limits.prompt)
    let response = try Self.size(of: entry.response, "response", in: 1 ... limits.response)
    let others =
      try Self.size(of: entry.userID.text, "user_id", in: 1 ... limits.userID)
      + Self.size(of: entry.model.text, "model", in: 0 ... limits.model)
      + Self.size(of: entry.generationID.text, "generation_id", in: 0 ... limits.generationID)
      + Self.size(of: entry.sessionID.text, "session_id", in: 0 ... limits.sessionID)
      + Self.size(
        of: entry.idempotencyKey.text,
        "idempotency_key",
        in: 0 ... limits.idempotencyKey
      )
    let metadata = try Self.size(of: entry.metadata, limits)
    self.userID = entry.userID
    self.content = EntryContent(of: entry, content)
    self.promptBytes = prompt
    self.responseBytes = response
    self.model = entry.model
    self.generationID = entry.generationID
    self.sessionID = entry.sessionID
    self.metadata = entry.metadata
    self.idempotencyKey = entry.idempotencyKey
    self.size = prompt + response + others + metadata
  }

  private static func size(
    of text: String,
    _ field: String,
    in range: ClosedRange<Int>
  ) throws(LogError) -> Int {
    let size = text.utf8.count
    if size < range.lowerBound { throw LogError(.invalid, "\(field) is required") }
    try self.check(size, field, "bytes", limit: range.upperBound)
    return size
  }

  private static func size(
    of metadata: TextMap,
    _ limits: EntryLimits
  ) throws(LogError) -> Int {
    try self.check(metadata.count, "metadata", "keys", limit: limits.metadataCount)
    let size = metadata.size
    try self.check(size, "metadata", "bytes", limit: limits.metadata)
    return size
  }

  private static func check(
    _ given: Int,
    _ field: String,
    _ unit: String,
    limit: Int
  ) throws(LogError) {
    guard given > limit else { return }
    throw LogError(
      .invalid,
      "\(field) may have at most \(limit) \(unit). Given: \(given)"
    )
  }
}
