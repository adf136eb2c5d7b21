/// The limits of a JSON text.
package struct JSONLimits: Sendable {
  /// How deep objects and arrays may be nested.
  package var depth: Int
  /// How many members an object may have.
  package var members: Int

  /// Creates limits.
  package init(depth: Int, members: Int) {
    self.depth = depth
    self.members = members
  }

  /// For access tokens, which need far less.
  package static let token = JSONLimits(depth: 16, members: 128)
}
