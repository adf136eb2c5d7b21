/// Why TLS cannot be used as it was asked for.
public struct TLSError: Error, Hashable, CustomStringConvertible {
  /// One sentence that names the file, or the name, and what is wrong with it.
  public let message: String

  public var description: String { self.message }

  init(_ message: String) {
    self.message = message
  }
}
