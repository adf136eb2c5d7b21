/// What was removed from the log.
public struct Removal: Hashable, Sendable {
  /// The number of entries.
  public var entries: Int
  /// The size of their texts, in bytes of UTF-8.
  public var bytes: Int

  /// Nothing was removed.
  public static let none = Removal(entries: 0, bytes: 0)

  /// Creates a removal of a number of entries with a total size.
  public init(entries: Int, bytes: Int) {
    self.entries = entries
    self.bytes = bytes
  }

  /// Adds what was removed later.
  public mutating func add(_ other: Removal) {
    self.entries += other.entries
    self.bytes = self.bytes.addingClamped(other.bytes)
  }
}
