public import Identifiers

/// A query that every store can answer.
public struct ValidQuery: Sendable {
  /// Whose entries; nil is everyone's.
  public let userID: Identifier?
  /// The first moment; nil is the beginning of the log.
  public let since: Timestamp?
  /// The first moment after the range; nil has no end.
  public let until: Timestamp?
  /// Only entries of this model; nil is all.
  public let model: Identifier?
  /// Only entries of this session; nil is all.
  public let sessionID: Identifier?
  /// Nil finds all entries, even those whose texts were not stored.
  public let search: SearchTerms?
  /// At most this many entries; `Int.max` is no limit.
  public let limit: Int
  /// The entry after which the query continues, even if it was removed.
  public let after: ULID?
  /// The order in which entries are read.
  public let order: LogQuery.Order
  /// Whether the query waits for new entries at the end. Its order is then oldest first.
  public let follows: Bool

  /// - Throws: `invalid`, which names the field.
  public init(_ query: LogQuery) throws(LogError) {
    if query.follows, query.order == .newestFirst {
      throw LogError(.invalid, "order must be oldest first to follow the log")
    }
    if let limit = query.limit, limit < 0 {
      throw LogError(.invalid, "limit may not be negative. Given: \(limit)")
    }
    self.userID = query.userID
    self.since = query.since
    self.until = query.until
    self.model = query.model
    self.sessionID = query.sessionID
    self.search = if let search = query.search { try SearchTerms(search) } else { nil }
    self.limit = query.limit ?? .max
    self.after = query.after
    self.order = query.order
    self.follows = query.follows
  }
}
