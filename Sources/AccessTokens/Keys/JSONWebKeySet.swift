internal import Identifiers
internal import JSON

/// A JWK Set (RFC 7517 section 5) from a key file: its HMAC keys, and whatever else other programs
/// keep there.
struct JSONWebKeySet {
  enum Element {
    case key(JSONWebKey)
    case foreign(ForeignKey)
  }

  /// A key that cannot be used here.
  struct ForeignKey {
    var kid: Identifier?
    /// Why it cannot be used, such as "its kty is not \"oct\"".
    var reason: String
    /// Where in the file it is.
    var range: Range<Int>
  }

  var elements: [Element] = []
  /// The set's members besides `keys`.
  var others: [JSONWebKey.Member] = []

  /// A set without keys.
  init() {}

  /// - Returns: nil when `keys` is missing.
  init?(json: [UInt8]) throws(JSONError) {
    var reader = JSONReader(json)
    var hasKeys = false
    try reader.beginObject()
    while let name = try reader.nextName() {
      guard name == "keys" else {
        let value = try reader.skippedValue()
        self.others.append(JSONWebKey.Member(name: Identifier(name.text), value: value))
        continue
      }
      hasKeys = true
      try reader.beginArray()
      while try reader.nextElement() { self.elements.append(try Self.element(from: &reader)) }
    }
    try reader.end()
    guard hasKeys else { return nil }
  }

  private static func element(from reader: inout JSONReader) throws(JSONError) -> Element {
    // A key of another kind may have the same members with other types.
    var kind = KeyKind()
    var ahead = reader
    try kind.read(from: &ahead)
    guard let reason = kind.reasonToIgnore else { return .key(try JSONWebKey(from: &reader)) }
    let range = try reader.skippedValue()
    return .foreign(ForeignKey(kid: kind.kid, reason: reason, range: range))
  }
}

/// What a key is for, by its own members. Members of the wrong type count as missing.
private struct KeyKind {
  private(set) var kid: Identifier?
  private var kty: Identifier?
  private var use: Identifier?
  private var alg: Identifier?
  private var operations: [Identifier]?

  mutating func read(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let name = try reader.nextName() {
      switch name {
      case "kid": self.kid = try Self.text(from: &reader)
      case "kty": self.kty = try Self.text(from: &reader)
      case "use": self.use = try Self.text(from: &reader)
      case "alg": self.alg = try Self.text(from: &reader)
      case "key_ops": self.operations = try Self.texts(from: &reader)
      default: try reader.skip()
      }
    }
  }

  /// Nil for a key that signs or verifies tokens here, or claims to.
  var reasonToIgnore: String? {
    if let kty, kty != "oct" { return "its kty is not \"oct\"" }
    if let use, use != "sig" { return "its use is not \"sig\"" }
    if let alg, HMACAlgorithm(rawValue: alg.text) == nil {
      let known = HMACAlgorithm.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      return "its alg is none of \(known)"
    }
    if let operations, !operations.isEmpty,
      !operations.contains("sign"), !operations.contains("verify")
    {
      return "its key_ops have neither \"sign\" nor \"verify\""
    }
    return nil
  }

  private static func text(from reader: inout JSONReader) throws(JSONError) -> Identifier? {
    if try reader.isStringNext() { return try reader.identifier() }
    try reader.skip()
    return nil
  }

  private static func texts(from reader: inout JSONReader) throws(JSONError) -> [Identifier]? {
    guard try reader.isArrayNext() else {
      try reader.skip()
      return nil
    }
    var texts: [Identifier] = []
    try reader.beginArray()
    while try reader.nextElement() {
      if let text = try Self.text(from: &reader) { texts.append(text) }
    }
    return texts
  }
}
