internal import FrameRPC
internal import Identifiers

extension CallContext {
  /// The access token of a call: that of its metadata, `authorization: Bearer <token>`
  /// (RFC 6750 section 2.1; the scheme is case-insensitive), else that of its message, for clients
  /// that cannot send metadata (WIRE.md section 3). Nil when there is none.
  func accessToken(orIn field: String) -> String? {
    if let authorization = self.metadata["authorization"] {
      // In bytes: for Swift, a space with an accent after it is another character.
      let parts = authorization.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
      if let scheme = parts.first, Identifier(Substring(scheme)).lowercasedASCII == "bearer" {
        return parts.count == 2 ? String(Substring(parts[1])) : nil
      }
    }
    return field.isEmpty ? nil : field
  }
}
