/// Which entries are kept.
public struct Retention: Hashable, Sendable {
  /// Entries that are older are removed. Nil keeps them.
  public var maximumAge: Duration?
  /// The oldest entries are removed until the log's files take no more than this, in bytes. Nil keeps
  /// them.
  public var maximumBytes: Int?

  public init(maximumAge: Duration? = nil, maximumBytes: Int? = nil) {
    self.maximumAge = maximumAge
    self.maximumBytes = maximumBytes
  }
}
