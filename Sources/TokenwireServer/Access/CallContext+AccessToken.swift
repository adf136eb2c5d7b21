internal import FrameRPC

extension CallContext {
  /// The access token of a call: that of its metadata, `authorization: Bearer <token>`
  /// (RFC 6750 section 2.1; the scheme is case-insensitive), else that of its message, for clients
  /// that cannot send metadata (WIRE.md section 3). Nil when there is none.
  func accessToken(orIn field: String) -> String? {
    if let authorization = self.metadata["authorization"] {
      let parts = authorization.split(separator: " ", maxSplits: 1)
      if let scheme = parts.first, scheme.lowercased() == "bearer" {
        return parts.count == 2 ? String(parts[1]) : nil
      }
    }
    return field.isEmpty ? nil : field
  }
}
