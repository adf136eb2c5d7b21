/// Which entries are kept.
public struct Retention: Hashable, Sendable {
  /// Entries that are older are removed. Nil keeps them.
  public var maximumAge: Duration?
  /// The oldest entries are removed until the log takes no more than this where it is stored, in
  /// bytes. Nil keeps them.
  public var maximumBytes: Int?

  /// - Parameters:
  ///   - maximumAge: how old an entry may be.
  ///   - maximumBytes: what the log may take where it is stored.
  public init(maximumAge: Duration? = nil, maximumBytes: Int? = nil) {
    self.maximumAge = maximumAge
    self.maximumBytes = maximumBytes
  }
}
