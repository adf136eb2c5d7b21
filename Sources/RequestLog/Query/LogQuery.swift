public import Identifiers

/// Which entries to read, and in which order.
public struct LogQuery: Hashable, Sendable {
  /// The order of entries, by time and so by id.
  public enum Order: Hashable, Sendable {
    /// The newest entry first.
    case newestFirst
    /// The oldest entry first.
    case oldestFirst
  }

  /// Whose entries; nil is everyone's.
  public var userID: Identifier?
  /// Only entries of this time or later.
  public var since: Timestamp?
  /// Only entries before this time.
  public var until: Timestamp?
  /// Only entries of this model.
  public var model: Identifier?
  /// Only entries of this session.
  public var sessionID: Identifier?
  /// Words that must all be in the prompt or the response, ignoring case, and accents of
  /// Latin letters.
  ///
  /// `"two words"` finds a phrase, `star*` a prefix. In scripts without spaces, such as Chinese,
  /// Japanese, Thai and Korean, any adjacent characters are found. Punctuation only separates
  /// words, but `C++` and `C#` are words of their own. Entries whose texts were not stored are not
  /// found.
  public var search: String?
  /// At most this many entries.
  public var limit: Int?
  /// Continues after this entry in the query's order, even if it was removed.
  public var after: ULID?
  /// Default `newestFirst`.
  public var order: Order
  /// Waits for new entries at the end, until the log is closed; only for the oldest first. Imported
  /// entries are not new: they keep their time.
  public var follows: Bool

  /// Creates a query for all entries, newest first, except those that the parameters exclude.
  public init(
    userID: Identifier? = nil,
    since: Timestamp? = nil,
    until: Timestamp? = nil,
    model: Identifier? = nil,
    sessionID: Identifier? = nil,
    search: String? = nil,
    limit: Int? = nil,
    after: ULID? = nil,
    order: Order = .newestFirst,
    follows: Bool = false
  ) {
    self.userID = userID
    self.since = since
    self.until = until
    self.model = model
    self.sessionID = sessionID
    self.search = search
    self.limit = limit
    self.after = after
    self.order = order
    self.follows = follows
  }
}
