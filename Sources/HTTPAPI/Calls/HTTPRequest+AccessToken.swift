internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1
internal import RPC

extension HTTPRequest {
  /// `Authorization`, as it was sent; nil without. Nil as well for a signature for AWS (Signature
  /// Version 4): it is for the function URL that has passed on the request.
  var authorization: String? {
    guard let value = self.headers.first(name: "authorization") else { return nil }
    let signature: Identifier = "aws4-"
    let start = String(decoding: value.utf8.prefix(signature.utf8.count), as: UTF8.self)
    return Identifier(start).lowercasedASCII == signature ? nil : value
  }

  /// What is sent as `Authorization: Bearer` (RFC 6750 section 2.1; the scheme is case-insensitive);
  /// nil without, and for another scheme.
  var bearer: String? {
    guard let value = self.authorization else { return nil }
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

  /// The access token in `x-api-key`; nil without. Nil as well for a key that is none of ours, such as
  /// one of API Gateway, which has them in the same field.
  var tokenInKey: String? {
    guard let key = self.headers.first(name: "x-api-key"), key.hasFormOfToken else { return nil }
    return key
  }

  /// The metadata of the request's calls with its authorization as it was sent, so that the server
  /// judges it as on every transport; or with the access token in `x-api-key`.
  var metadataAsSent: Metadata {
    var metadata = self.metadata(accessToken: self.tokenInKey)
    if let authorization = self.authorization { metadata["authorization"] = authorization }
    return metadata
  }
}

extension String {
  /// Whether it has the three parts of a signed access token (RFC 7515 section 7.1).
  var hasFormOfToken: Bool {
    let parts = self.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 3 && parts.allSatisfy { !$0.isEmpty }
  }
}
