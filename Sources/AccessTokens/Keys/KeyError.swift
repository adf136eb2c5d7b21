/// Why keys could not be read, made or written.
public struct KeyError: Error, Hashable, CustomStringConvertible {
  /// One sentence for the operator, which names the file and says what to do. It contains no
  /// secret.
  public var message: String

  init(_ message: String) {
    self.message = message
  }

  /// The message.
  public var description: String { self.message }
}
