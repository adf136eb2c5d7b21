internal import Identifiers
internal import RPC

/// The access token of a call.
enum PresentedToken: Sendable {
  case none
  case token(String)
  /// The only one is an `authorization` that is not of the form `Bearer <token>`.
  case malformedAuthorization

  var isGiven: Bool {
    if case .token = self { true } else { false }
  }

  var isMalformed: Bool {
    if case .malformedAuthorization = self { true } else { false }
  }
}

extension CallContext {
  /// The access token of a call: from its metadata, `authorization: Bearer <token>`
  /// (RFC 6750 section 2.1; the scheme is case-insensitive), otherwise from its request.
  ///
  /// - Parameter field: the access token in the request; empty without one.
  func accessToken(orIn field: String = "") -> PresentedToken {
    let authorization = self.metadata["authorization"].map(Self.bearerToken) ?? .none
    if case .token = authorization { return authorization }
    return field.isEmpty ? authorization : .token(field)
  }

  /// Works on bytes: white space around the value is not part of it (RFC 9110 section 5.5), and one
  /// or more spaces or tabs separate the scheme from the access token.
  private static func bearerToken(in value: String) -> PresentedToken {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var bytes = Array(value.utf8)[...]
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    bytes = bytes.drop(while: isBlank)
    if bytes.isEmpty { return .none }
    let scheme = bytes.prefix { !isBlank($0) }
    guard scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else {
      return .malformedAuthorization
    }
    let token = bytes[scheme.endIndex...].drop(while: isBlank)
    // A scheme alone counts as no access token.
    return token.isEmpty ? .none : .token(String(decoding: token, as: UTF8.self))
  }
}
