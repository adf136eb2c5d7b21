/// Why a JSON schema cannot be compiled.
public struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and where: a JSON pointer (RFC 6901) such as "/properties/a".
  public var message: String
  /// Whether the task was cancelled: the schema may be valid.
  public var isCancellation = false

  init(_ message: String) {
    self.message = message
  }

  init(_ error: GrammarError) {
    self.message = error.message
    self.isCancellation = error.isCancellation
  }

  /// The message.
  public var description: String { self.message }
}
