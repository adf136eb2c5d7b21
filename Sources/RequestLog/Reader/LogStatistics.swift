public import Identifiers

/// How much a log holds. Sizes are those of the texts that were given, in bytes of UTF-8.
public struct LogStatistics: Hashable, Sendable {
  public struct Share: Hashable, Sendable {
    public var entries: Int
    public var bytes: Int
  }

  public var total: Share
  public var users: [Identifier: Share]
  /// By the first moment of the day, in UTC.
  public var days: [Timestamp: Share]
  /// The size of the database file, in bytes, with what is free in it, without its log.
  public var fileBytes: Int
}
