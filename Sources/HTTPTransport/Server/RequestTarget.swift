internal import Identifiers

/// A request's target (RFC 9112 section 3.2), read.
struct RequestTarget {
  /// The path, with its percent-encoding removed; "*" for a request about the whole server.
  let path: String
  let query: [(name: Identifier, value: String)]

  /// - Returns: nil when it is neither a path, "*" nor the URI of one, or its percent-encoding is
  ///   wrong.
  init?(_ target: String) {
    var rest = target.utf8[...]
    if rest.elementsEqual("*".utf8) {
      self.path = "*"
      self.query = []
      return
    }
    // Schemes have no case (RFC 3986 section 3.1).
    for scheme in ["http://", "https://"]
    where rest.prefix(scheme.utf8.count).elementsEqual(scheme.utf8, by: { $0.lowercased == $1 }) {
      rest = rest.dropFirst(scheme.utf8.count).drop { !"/?".utf8.contains($0) }
    }
    let path = rest.prefix { $0 != UInt8(ascii: "?") }
    guard path.isEmpty || path.first == UInt8(ascii: "/"),
      let decoded = Self.decoded(path, plusIsSpace: false)
    else { return nil }
    self.path = path.isEmpty ? "/" : decoded
    var query: [(name: Identifier, value: String)] = []
    for pair in rest[path.endIndex...].dropFirst().split(separator: UInt8(ascii: "&")) {
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      guard let decodedName = Self.decoded(name, plusIsSpace: true),
        let value = Self.decoded(pair[name.endIndex...].dropFirst(), plusIsSpace: true)
      else { return nil }
      query.append((Identifier(decodedName), value))
    }
    self.query = query
  }

  private static func decoded(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else {
          return nil
        }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    // A path with a NUL or that is not UTF-8 names nothing here.
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }
}

extension UInt8 {
  /// The lower case of a letter of ASCII; other bytes are as they are.
  fileprivate var lowercased: UInt8 {
    UInt8(ascii: "A") ... UInt8(ascii: "Z") ~= self ? self | 0x20 : self
  }

  /// The value of a hexadecimal digit.
  fileprivate var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0") ... UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a") ... UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A") ... UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
