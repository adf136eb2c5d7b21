internal import Identifiers
internal import JSON

/// The text of a key file: a JWK Set (RFC 7517 section 5) of symmetric keys (RFC 7518 section 6.4),
/// which other libraries read, too:
///
///     {"keys": [
///       {"kty": "oct", "kid": "2026-11", "alg": "HS256", "k": "…base64url…",
///        "key_ops": ["sign", "verify"], "created": 1790000000, "not_after": 1800000000}
///     ]}
///
/// `created` and `not_after` are seconds since 1970. A key without `not_after` is used for ever. One
/// key has "sign" in `key_ops`. There may be a `use`, which is "sig". Other members are refused: one
/// that is misspelt must not be one that is not there.
extension KeySet {
  init(json: [UInt8]) throws(KeyError) {
    let keys: [JSONWebKey]?
    do throws(JSONError) {
      keys = try JSONWebKey.set(from: json)
    } catch {
      throw KeyError("it is not the JSON of keys: \(error)")
    }
    guard let keys else { throw KeyError("it is not an object with \"keys\" and nothing else") }
    var tokenKeys: [TokenKey] = []
    for (index, key) in keys.enumerated() {
      do throws(KeyError) {
        tokenKeys.append(try TokenKey(key, in: json))
      } catch {
        throw KeyError("key \(index + 1): \(error)")
      }
    }
    try self.init(tokenKeys)
  }

  /// The text, with a secret in it: wipe it.
  var json: [UInt8] {
    var text: [UInt8] = []
    // All at once, because text that has to move leaves its old self behind.
    text.reserveCapacity(self.keys.reduce(64) { $0 + $1.maximumJSONSize })
    text.append(contentsOf: #"{"keys": ["#.utf8)
    for (index, key) in self.keys.enumerated() {
      var member = key.json
      text.append(contentsOf: (index == 0 ? "\n" : ",\n").utf8)
      text.append(contentsOf: member)
      member.cleanse()
    }
    text.append(contentsOf: "\n]}\n".utf8)
    return text
  }
}

extension TokenKey {
  fileprivate init(_ key: JSONWebKey, in json: [UInt8]) throws(KeyError) {
    if let name = key.unknownMember { throw KeyError("it has a member \"\(name)\"") }
    guard key.kty == "oct" else { throw KeyError("its kty is not \"oct\"") }
    guard key.use ?? "sig" == "sig" else { throw KeyError("its use is not \"sig\"") }
    guard let id = key.kid, !id.isEmpty else { throw KeyError("it has no kid") }
    guard let algorithm = key.alg.flatMap(HMACAlgorithm.init) else {
      let known = HMACAlgorithm.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw KeyError("its alg is none of \(known)")
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

  /// A size that `json` does not exceed, in bytes: each byte of the name may be an escape.
  fileprivate var maximumJSONSize: Int {
    self.id.utf8.count * 6 + self.secret.withSecret { $0.count } * 2 + 256
  }

  fileprivate var json: [UInt8] {
    var writer = JSONWriter(capacity: self.maximumJSONSize)
    writer.member("kty", "oct")
    writer.member("kid", self.id.text)
    writer.member("alg", self.algorithm.rawValue)
    self.secret.withSecret { writer.member("k", base64URL: $0) }
    writer.member("key_ops", self.isSigning ? ["sign", "verify"] : ["verify"])
    writer.member("created", self.created)
    if let notAfter { writer.member("not_after", notAfter) }
    writer.end()
    return writer.bytes
  }
}
