/// A log at whose end entries are stored that another log has acknowledged.
public protocol ForwardingTarget: LogStore {
  /// Stores entries with their ids and times at the end of the log, in their order. Those that it has
  /// already are not stored again, so that what failed can be repeated.
  ///
  /// It returns when they are durable. Without entries it returns when all that was sent before is
  /// stored or will never be.
  ///
  /// - Returns: an outcome for each entry.
  /// - Throws: `diskFull` or `unavailable`; some of the entries may be stored.
  func forward(_ entries: [StoredEntry]) async throws(LogError) -> [ForwardOutcome]
}

/// What has become of one forwarded entry.
public enum ForwardOutcome: Sendable {
  /// The log has it, perhaps since before.
  case stored
  /// The log has an entry of the same content with the user's idempotency key, of this id, and needs no
  /// other one.
  case repeated(ULID)
  /// The log has it without its idempotency key, which belongs to an entry with other content, of this
  /// id.
  case storedWithoutKey(ULID)
  /// The log never takes it, and does not have it.
  case refused(LogError)
}
