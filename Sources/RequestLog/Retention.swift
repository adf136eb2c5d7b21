/// Which entries are kept.
public struct Retention: Hashable, Sendable {
  /// Older entries are removed. Nil keeps all.
  public var maximumAge: Duration?
  /// The oldest entries are removed until the store takes at most this many bytes. Nil keeps all.
  public var maximumBytes: Int?

  /// - Parameters:
  ///   - maximumAge: how old an entry may be.
  ///   - maximumBytes: the most bytes that the store may take.
  public init(maximumAge: Duration? = nil, maximumBytes: Int? = nil) {
    self.maximumAge = maximumAge
    self.maximumBytes = maximumBytes
  }
}
