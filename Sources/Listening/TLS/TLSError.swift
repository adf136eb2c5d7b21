/// Why TLS cannot be set up.
public struct TLSError: Error, Hashable, CustomStringConvertible {
  /// One sentence that says what is wrong with which file or name.
  public let message: String

  /// The message.
  public var description: String { self.message }

  init(_ message: String) {
    self.message = message
  }
}
