internal import Identifiers

/// Header fields that are about one connection (RFC 9110 section 7.6.1), or that the content's new
/// connection has in its own way.
enum ConnectionFields {
  private static let names: Set<Identifier> = [
    "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade", "expect", "content-length",
  ]

  static func contain(_ name: String) -> Bool {
    self.names.contains(Identifier(name).lowercasedASCII)
  }
}
