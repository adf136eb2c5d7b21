/// The limits of a JSON text.
package struct JSONLimits: Sendable {
  /// How deep objects and arrays may be nested.
  package var depth: Int
  /// How many members an object may have.
  package var members: Int
  /// Whether what other programs write by mistake is read as most readers do: of names that come
  /// twice both are read, half of a surrogate pair is U+FFFD, NaN is null, and infinity is the largest
  /// number.
  package var takesMistakes: Bool

  /// Creates limits; by default of a strict reader.
  package init(depth: Int, members: Int, takesMistakes: Bool = false) {
    self.depth = depth
    self.members = members
    self.takesMistakes = takesMistakes
  }

  /// For access tokens, which need far less.
  package static let token = JSONLimits(depth: 16, members: 128)
}
