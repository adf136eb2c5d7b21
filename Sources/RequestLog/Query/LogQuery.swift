public import Identifiers

/// Which entries to read, and in which order.
public struct LogQuery: Hashable, Sendable {
  /// The order of entries by their times, and so by their ids.
  public enum Order: Hashable, Sendable {
    /// From the last entry back.
    case newestFirst
    /// From the first entry on.
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
  /// Words that are all in the prompt or the response, whatever their case and accents.
  ///
  /// `"two words"` are found side by side, `star*` finds words that begin so. In scripts without
  /// spaces, such as Chinese, Japanese, Thai and Korean, any characters that stand side by side are
  /// found. Signs only separate words, and a word of signs alone is left out, but `C++` and `C#` are
  /// words, other ones than `C`. Entries whose texts were not kept are not found.
  public var search: String?
  /// At most this many entries.
  public var limit: Int?
  /// Goes on after this entry, in the query's order, whether it is still there or not.
  public var after: ULID?
  /// Default `newestFirst`.
  public var order: Order
  /// At the end, waits for new entries, until the log is closed. For the oldest first only.
  /// Entries that are imported are not new, but of their own time.
  public var follows: Bool

  /// A query for all entries, the newest first, less what the parameters leave out.
  public init(
    userID: Identifier? = nil,
    since: Timestamp? = nil,
    until: Timestamp? = nil,
    model: Identifier? = nil,
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
    self.search = search
    self.limit = limit
    self.after = after
    self.order = order
    self.follows = follows
  }
}
