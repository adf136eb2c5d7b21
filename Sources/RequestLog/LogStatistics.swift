public import Identifiers

/// How much a log holds. Sizes are those of the logged texts, in bytes of UTF-8, even if only
/// hashes are stored.
public struct LogStatistics: Hashable, Sendable {
  /// Some of a log's entries.
  public struct Share: Hashable, Sendable {
    /// The number of entries.
    public var entries: Int
    /// The size of their texts.
    public var bytes: Int

    /// No entries.
    public static let none = Share(entries: 0, bytes: 0)

    /// Creates a share from a number of entries and the size of their texts.
    public init(entries: Int, bytes: Int) {
      self.entries = entries
      self.bytes = bytes
    }

    /// Adds the entries of another share.
    public mutating func add(_ other: Self) {
      self.entries += other.entries
      self.bytes = self.bytes.addingClamped(other.bytes)
    }
  }

  /// All entries.
  public private(set) var total = Share.none
  /// The entries of each user.
  public private(set) var users: [Identifier: Share] = [:]
  /// The entries of each day, by its first moment in UTC.
  public private(set) var days: [Timestamp: Share] = [:]
  /// The space that the store takes, in bytes, including free space in it.
  public let storageBytes: Int

  /// The statistics of an empty log.
  public init(storageBytes: Int) {
    self.storageBytes = storageBytes
  }

  /// Counts entries of one user and one day.
  public mutating func add(_ share: Share, user: Identifier, day: Timestamp) {
    self.total.add(share)
    self.users[user, default: .none].add(share)
    self.days[day, default: .none].add(share)
  }
}
