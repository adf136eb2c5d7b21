/// Why a JSON schema cannot be followed.
public struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and where: a JSON pointer (RFC 6901) such as "/properties/a".
  public var message: String
  /// Whether the task was cancelled before the end: nothing is known about the schema.
  public var isCancellation = false

  init(_ message: String) {
    self.message = message
  }

  init(_ error: GrammarError) {
    self.message = error.message
    self.isCancellation = error.isCancellation
  }

  public var description: String { self.message }
}
