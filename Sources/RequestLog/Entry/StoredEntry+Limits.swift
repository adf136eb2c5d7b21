internal import Identifiers

extension StoredEntry {
  /// The longest hash that an entry may have.
  private static let maximumHash = 64

  /// Checks an entry that was read from a file: an import accepts only what a caller could log.
  ///
  /// - Throws: `invalid`, which names the member, its limit and what was given.
  public func check(_ limits: EntryLimits) throws(LogError) {
    let prompt: Int?
    let response: Int?
    switch self.content {
    case .text(let promptText, let responseText):
      (prompt, response) = (promptText.utf8.count, responseText.utf8.count)
    case .hashes(let promptHash, let responseHash):
      (prompt, response) = (nil, nil)
      try Self.check(promptHash.count, "prompt_hash", 1 ... Self.maximumHash)
      try Self.check(responseHash.count, "response_hash", 1 ... Self.maximumHash)
    case .none: (prompt, response) = (nil, nil)
    }
    try Self.check(self.promptBytes, of: prompt, "prompt", limits.prompt)
    try Self.check(self.responseBytes, of: response, "response", limits.response)
    try Self.check(self.userID.utf8.count, "user_id", 1 ... limits.userID)
    try Self.check(self.model.utf8.count, "model", 0 ... limits.model)
    try Self.check(self.generationID.utf8.count, "generation_id", 0 ... limits.generationID)
    try Self.check(self.sessionID.utf8.count, "session_id", 0 ... limits.sessionID)
    try Self.check(self.idempotencyKey.utf8.count, "idempotency_key", 0 ... limits.idempotencyKey)
    try Self.check(self.metadata.count, "metadata", 0 ... limits.metadataCount, "keys")
    try Self.check(self.metadata.size, "metadata", 0 ... limits.metadata)
  }

  /// - Parameter size: the size of the text, if it is stored.
  private static func check(
    _ given: Int,
    of size: Int?,
    _ field: String,
    _ limit: Int
  ) throws(LogError) {
    if let size { try self.check(size, field, 1 ... limit) }
    guard given == size ?? given else {
      throw LogError(
        .invalid,
        "\(field)_bytes must be the size of \(field), \(size ?? 0). Given: \(given)"
      )
    }
    try self.check(given, "\(field)_bytes", 1 ... limit)
  }

  private static func check(
    _ given: Int,
    _ field: String,
    _ range: ClosedRange<Int>,
    _ unit: String = "bytes"
  ) throws(LogError) {
    if given < range.lowerBound {
      let isSize = field.utf8.count > 6 && field.utf8.suffix(6).elementsEqual("_bytes".utf8)
      throw LogError(
        .invalid,
        isSize ? "\(field) must be at least 1. Given: \(given)" : "\(field) is required"
      )
    }
    guard given > range.upperBound else { return }
    throw LogError(
      .invalid,
      "\(field) may have at most \(range.upperBound) \(unit). Given: \(given)"
    )
  }
}
