internal import JSON

/// A key as a key file has it, before anything is known of its worth.
struct JSONWebKey {
  var kty: String?
  var use: String?
  var kid: String?
  var alg: String?
  /// Where in the file the secret is, so that it is not copied about.
  var k: Range<Int>?
  var keyOps: [String]?
  var created: Double?
  var notAfter: Double?
  /// A member that no key has.
  var unknownMember: String?

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let name = try reader.nextName() {
      switch name {
      case "kty": self.kty = try reader.string()
      case "use": self.use = try reader.string()
      case "kid": self.kid = try reader.string()
      case "alg": self.alg = try reader.string()
      case "k": self.k = try reader.plainString()
      case "key_ops": self.keyOps = try Self.strings(from: &reader)
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

  private static func strings(from reader: inout JSONReader) throws(JSONError) -> [String] {
    var strings: [String] = []
    try reader.beginArray()
    while try reader.nextElement() { strings.append(try reader.string()) }
    return strings
  }
}
