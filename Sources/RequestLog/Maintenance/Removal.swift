/// What was removed from the log.
public struct Removal: Hashable, Sendable {
  public var entries: Int
  /// The size of the texts that were given, in bytes of UTF-8.
  public var bytes: Int

  static let none = Removal(entries: 0, bytes: 0)

  mutating func add(_ other: Removal) {
    self.entries += other.entries
    self.bytes = self.bytes.addingClamped(other.bytes)
  }
}
