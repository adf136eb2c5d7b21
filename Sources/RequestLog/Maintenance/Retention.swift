/// Which entries are kept.
public struct Retention: Hashable, Sendable {
  /// Entries that are older are removed. Nil keeps them.
  public var maximumAge: Duration?
  /// The oldest entries are removed until the texts of the rest take no more than this, in bytes
  /// as in `LogStatistics`. Nil keeps them. What becomes free in the file is used again.
  public var maximumBytes: Int?

  public init(maximumAge: Duration? = nil, maximumBytes: Int? = nil) {
    self.maximumAge = maximumAge
    self.maximumBytes = maximumBytes
  }
}
