/// Why a grammar cannot be followed.
public struct GrammarError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public var message: String

  init(_ message: String) {
    self.message = message
  }

  public var description: String { self.message }
}
