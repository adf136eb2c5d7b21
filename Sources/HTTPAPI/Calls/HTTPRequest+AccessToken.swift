internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1
internal import RPC

extension HTTPRequest {
  /// What is sent as `Authorization: Bearer` (RFC 6750 section 2.1; the scheme is case-insensitive);
  /// nil without, and for another scheme.
  var bearer: String? {
    guard let value = self.headers.first(name: "authorization") else { return nil }
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let bytes = value.utf8.drop(while: isBlank)
    let scheme = bytes.prefix { !isBlank($0) }
    guard Identifier(String(decoding: scheme, as: UTF8.self)).lowercasedASCII == "bearer" else {
      return nil
    }
    let token = bytes[scheme.endIndex...].drop(while: isBlank)
    return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
  }

  /// The key that clients of other servers' APIs send: `x-api-key`, or `Authorization: Bearer`.
  var apiKey: String? {
    if let key = self.headers.first(name: "x-api-key"), !key.isEmpty { return key }
    return self.bearer
  }

  /// The metadata of the request's calls with its authorization as it was sent, so that the server
  /// judges it as on every transport; or `x-api-key` as an access token.
  var metadataAsSent: Metadata {
    var metadata = self.metadata(accessToken: self.headers.first(name: "x-api-key"))
    if let authorization = self.headers.first(name: "authorization") {
      metadata["authorization"] = authorization
    }
    return metadata
  }
}
