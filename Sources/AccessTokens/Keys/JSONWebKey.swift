internal import Identifiers
internal import JSON

/// A key as a key file has it, before anything is known of its worth.
struct JSONWebKey {
  var kty: Identifier?
  var use: Identifier?
  var kid: Identifier?
  var alg: String?
  /// Where in the file the secret is, so that it is not copied about.
  var k: Range<Int>?
  var keyOps: [Identifier]?
  var created: Double?
  var notAfter: Double?
  /// A member that no key has.
  var unknownMember: String?

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
        self.unknownMember = name.text
        try reader.skip()
      }
    }
  }

  /// Reads a key file: a JWK Set.
  ///
  /// - Returns: nil when it has no member `keys`, or another one.
  static func set(from json: [UInt8]) throws(JSONError) -> [JSONWebKey]? {
    var reader = JSONReader(json)
    var keys: [JSONWebKey]?
    var hasOthers = false
    try reader.beginObject()
    while let name = try reader.nextName() {
      guard name == "keys" else {
        hasOthers = true
        try reader.skip()
        continue
      }
      var elements: [JSONWebKey] = []
      try reader.beginArray()
      while try reader.nextElement() { elements.append(try JSONWebKey(from: &reader)) }
      keys = elements
    }
    try reader.end()
    return hasOthers ? nil : keys
  }

  private static func names(from reader: inout JSONReader) throws(JSONError) -> [Identifier] {
    var names: [Identifier] = []
    try reader.beginArray()
    while try reader.nextElement() { names.append(try reader.identifier()) }
    return names
  }
}
