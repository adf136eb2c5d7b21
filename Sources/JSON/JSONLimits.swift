/// What a JSON text may have at most.
package struct JSONLimits: Sendable {
  /// Of objects and arrays in each other.
  package var depth: Int
  /// Of one object.
  package var members: Int

  package init(depth: Int, members: Int) {
    self.depth = depth
    self.members = members
  }

  /// Nothing honest in a token has so many.
  package static let token = JSONLimits(depth: 16, members: 128)
}
