/// Surroundings in which servers cannot be called as they are meant to be.
public struct UpstreamConfigurationError: Error, Hashable, CustomStringConvertible {
  /// One sentence about what is wrong.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
