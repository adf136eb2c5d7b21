internal import Identifiers
internal import JSON

/// An HMAC key as it is in a key file, before any check.
struct JSONWebKey {
  var kty: Identifier?
  var use: Identifier?
  var kid: Identifier?
  var alg: String?
  /// Where in the file the secret is, so that it need not be copied.
  var k: Range<Int>?
  var keyOps: [Identifier]?
  var created: Double?
  var notAfter: Double?
  /// Unknown members.
  var others: [Member] = []

  /// A member, by its place in the file only, because its value may be a secret.
  struct Member {
    var name: Identifier
    var value: Range<Int>
  }

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let name = try reader.nextName() {
      switch name {
      case "kty": self.kty = try reader.identifier()
      case "use": self.use = try reader.identifier()
      case "kid": self.kid = try reader.identifier()
      case "alg": self.alg = try reader.string()
      case "k": self.k = try reader.plainString()
      case "key_ops": self.keyOps = try Self.names(from: &reader)
      case "created": self.created = try reader.number()
      case "not_after": self.notAfter = try reader.number()
      default:
        self.others.append(Member(name: Identifier(name.text), value: try reader.skippedValue()))
      }
    }
  }

  private static func names(from reader: inout JSONReader) throws(JSONError) -> [Identifier] {
    var names: [Identifier] = []
    try reader.beginArray()
    while try reader.nextElement() { names.append(try reader.identifier()) }
    return names
  }
}
