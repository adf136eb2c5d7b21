/// Why a server cannot accept connections.
public struct ListenError: Error, Hashable, CustomStringConvertible {
  /// One sentence that names the address.
  public let message: String

  /// The message.
  public var description: String { self.message }

  init(_ message: String) {
    self.message = message
  }

  init(_ endpoint: Endpoint, _ error: any Error) {
    self.message = "Cannot listen on \(endpoint): \(SocketFailure(error))"
  }
}
