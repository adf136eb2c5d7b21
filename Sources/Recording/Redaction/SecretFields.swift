internal import Identifiers

/// The fields of HTTP that carry secrets, whatever these look like.
enum SecretFields {
  /// In lower case.
  static let names: [Identifier] = [
    "authorization", "proxy-authorization", "x-api-key", "api-key", "cookie", "set-cookie",
  ]

  /// Whether a field of this name carries a secret, as text or, for gRPC, in base64.
  static func contain(_ name: String) -> Bool {
    let name = Identifier(name).lowercasedASCII
    return self.names.contains { name == $0 || name == Identifier("\($0)-bin") }
  }
}
