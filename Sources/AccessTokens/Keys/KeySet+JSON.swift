internal import Identifiers
internal import JSON

/// The format of a key file: a JWK Set (RFC 7517 section 5) of symmetric keys (RFC 7518 section
/// 6.4):
///
///     {"keys": [
///       {"kty": "oct", "kid": "2026-11", "alg": "HS256", "k": "…base64url…",
///        "key_ops": ["sign", "verify"], "created": 1790000000, "not_after": 1800000000}
///     ]}
///
/// `created` and `not_after` are seconds since 1970. A key without `not_after` never expires.
/// Exactly one key has "sign" in `key_ops`. `use` may be "sig". Other members, and keys for other
/// algorithms, are ignored, as RFC 7517 section 5 requires, with a notice, because a name may be
/// misspelt.
extension KeySet {
  init(json: [UInt8]) throws(KeyError) {
    try self.init(try JSONWebKeySet(keyFile: json), in: json)
  }

  /// - Parameter json: the text that `set` was read from.
  init(_ set: JSONWebKeySet, in json: [UInt8]) throws(KeyError) {
    var keys: [TokenKey] = []
    var ignored = set.others.map { "the member \"\($0.name)\" beside \"keys\" is ignored" }
    for (index, element) in set.elements.enumerated() {
      let name = "key \(index + 1)"
      switch element {
      case .key(let key):
        do throws(KeyError) {
          keys.append(try TokenKey(key, in: json))
        } catch {
          throw KeyError("\(name): \(error)")
        }
        let kid = key.kid.map { " (\"\($0)\")" } ?? ""
        ignored += key.others.map { "the member \"\($0.name)\" of \(name)\(kid) is ignored" }
      case .foreign(let key):
        let kid = key.kid.map { " (\"\($0)\")" } ?? ""
        ignored.append("\(name)\(kid) is ignored: \(key.reason)")
      }
    }
    try self.init(keys, ignored: ignored)
  }

  /// The text of a new file. It contains secrets: wipe it.
  var json: [UInt8] { self.json(inPlaceOf: JSONWebKeySet(), in: []) }

  /// The text of a file with these keys, and everything ignored in the file that it replaces. It
  /// contains secrets: wipe it.
  ///
  /// - Parameter json: the text that `old` was read from.
  func json(inPlaceOf old: JSONWebKeySet, in json: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    // Reserved at once, because growing would leave a copy of the secrets behind. A character that
    // was escaped with two bytes may be written with six.
    let size = self.keys.reduce(json.count * 3 + 64) { $0 + $1.maximumJSONSize }
    text.reserveCapacity(size)
    text.append(UInt8(ascii: "{"))
    for member in old.others {
      text.append(name: member.name)
      text.append(contentsOf: json[member.value])
      text.append(contentsOf: ",\n ".utf8)
    }
    text.append(contentsOf: #""keys": ["#.utf8)
    var isFirst = true
    var rest = self.keys
    func begin() {
      text.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
      isFirst = false
    }
    for element in old.elements {
      switch element {
      case .foreign(let key):
        begin()
        text.append(contentsOf: json[key.range])
      case .key(let old):
        // Keys no longer used are left out.
        guard let index = rest.firstIndex(where: { $0.id == old.kid }) else { continue }
        begin()
        rest.remove(at: index).write(to: &text, with: old, in: json)
      }
    }
    for key in rest {
      begin()
      key.write(to: &text)
    }
    text.append(contentsOf: "\n]}\n".utf8)
    return text
  }
}

extension JSONWebKeySet {
  init(keyFile json: [UInt8]) throws(KeyError) {
    let set: JSONWebKeySet?
    do throws(JSONError) {
      set = try JSONWebKeySet(json: json)
    } catch {
      throw KeyError("it is not the JSON of keys: \(error)")
    }
    guard let set else { throw KeyError("it is not an object with \"keys\"") }
    self = set
  }
}

extension [UInt8] {
  /// Appends the name of a member and its colon.
  fileprivate mutating func append(name: Identifier) {
    var writer = JSONWriter()
    writer.begin(name.text)
    // Without the opening brace.
    self.append(contentsOf: writer.bytes.dropFirst())
  }
}

extension TokenKey {
  fileprivate init(_ key: JSONWebKey, in json: [UInt8]) throws(KeyError) {
    guard key.kty != nil else { throw KeyError("it has no kty") }
    guard let id = key.kid, !id.isEmpty else { throw KeyError("it has no kid") }
    guard let algorithm = key.alg.flatMap(HMACAlgorithm.init) else {
      throw KeyError("it has no alg")
    }
    guard let operations = key.keyOps, Set(operations).isSubset(of: ["sign", "verify"]) else {
      throw KeyError("its key_ops are not [\"sign\", \"verify\"] or [\"verify\"]")
    }
    guard let text = key.k else { throw KeyError("it has no k") }
    guard var secret = Base64URL.decode(json.span.extracting(text)) else {
      throw KeyError("its k is not base64url without padding")
    }
    defer { secret.cleanse() }
    guard let created = key.created else { throw KeyError("it has no created") }
    self.init(
      id: id,
      created: try Self.date(created, "created"),
      notAfter: try key.notAfter.map { seconds throws(KeyError) in
        try Self.date(seconds, "not_after")
      },
      isSigning: operations.contains("sign"),
      secret: try HMACKey(algorithm, secret: secret.span)
    )
  }

  private static func date(_ seconds: Double, _ name: String) throws(KeyError) -> NumericDate {
    let date = NumericDate(secondsSinceEpoch: seconds)
    guard NumericDate.range.contains(date) else {
      throw KeyError("its \(name) is not a time in seconds since 1970")
    }
    return date
  }

  /// An upper bound for the size of `json`, in bytes: each byte of the name may be an escape.
  fileprivate var maximumJSONSize: Int {
    self.id.utf8.count * 6 + self.secret.withSecret { $0.count } * 2 + 256
  }

  /// - Parameters:
  ///   - old: the key as it was in a file, whose unknown members are kept.
  ///   - json: the text that `old` was read from.
  fileprivate func write(
    to text: inout [UInt8],
    with old: JSONWebKey? = nil,
    in json: [UInt8] = []
  ) {
    let others = old?.others ?? []
    let size = others.reduce(self.maximumJSONSize) { size, member in
      size + member.name.utf8.count * 6 + member.value.count + 4
    }
    var writer = JSONWriter(capacity: size)
    writer.member("kty", "oct")
    if let use = old?.use { writer.member("use", use.text) }
    writer.member("kid", self.id.text)
    writer.member("alg", self.algorithm.rawValue)
    self.secret.withSecret { writer.member("k", base64URL: $0) }
    writer.member("key_ops", self.isSigning ? ["sign", "verify"] : ["verify"])
    writer.member("created", self.created)
    if let notAfter { writer.member("not_after", notAfter) }
    for member in others {
      writer.begin(member.name.text)
      writer.bytes.append(contentsOf: json[member.value])
    }
    writer.end()
    text.append(contentsOf: writer.bytes)
    writer.bytes.cleanse()
  }
}
