import RPC

/// Names the flags that an error about TLS is about: the library's messages say what to give,
/// without flags.
enum TLSAdvice {
  private static let identity = "--tls-certificate and --tls-key"
  private static let flags: [(end: String, flags: String)] = [
    ("connect with TLS", "--tls"),
    ("connect without TLS if it has none", "leave out --tls and the flags that imply it"),
    ("give the file of the authority that has", "--tls-ca"),
    ("install it (ca-certificates), or give one", "--tls-ca"),
    ("give a name that it is for as the server name", "--tls-server-name"),
    ("give the server's name", "--tls-server-name"),
    ("is not the name of a host", "--tls-server-name"),
    ("the server requires a certificate of clients: give one", identity),
    ("it may require a certificate of clients", identity),
    ("give one by an authority that it trusts", identity),
  ]

  /// The message, followed by the flags if it is about TLS.
  static func addingFlags(to message: String) -> String {
    guard let (_, flags) = self.flags.first(where: { message.utf8.ends(with: $0.end.utf8) }) else {
      return message
    }
    return "\(message) (\(flags))"
  }
}

extension BidirectionalCollection where Element: Equatable {
  fileprivate func ends(with end: some BidirectionalCollection<Element>) -> Bool {
    self.reversed().starts(with: end.reversed())
  }
}
