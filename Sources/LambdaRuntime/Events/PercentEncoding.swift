/// Percent-encoding of what events have decoded, or only in part (RFC 3986 section 2.1).
enum PercentEncoding {
  private static let unreserved = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8
  )
  private static let ofPath = Self.unreserved.union("/!$&'()*+,;=:@".utf8)
  private static let ofQuery = Self.ofPath.union("?".utf8)
  private static let ofSentComponent = Self.ofQuery.subtracting("&=".utf8)

  /// A name or a value of a query, which events of format 1.0 have decoded.
  static func component(_ text: String) -> String {
    self.encode(text, keeping: self.unreserved, keepsTriplets: false)
  }

  /// A name or a value of a query, as the client sent it.
  static func sentComponent(_ text: String) -> String {
    self.encode(text, keeping: self.ofSentComponent, keepsTriplets: true)
  }

  /// A path. API Gateway passes on what the client sent, `sam local` decodes it: what is encoded
  /// already is left.
  static func path(_ text: String) -> String {
    let path = self.encode(text, keeping: self.ofPath, keepsTriplets: true)
    return path.utf8.first == UInt8(ascii: "/") ? path : "/\(path)"
  }

  /// A query as the client sent it.
  static func query(_ text: String) -> String {
    self.encode(text, keeping: self.ofQuery, keepsTriplets: true)
  }

  private static func encode(
    _ text: String,
    keeping kept: Set<UInt8>,
    keepsTriplets: Bool
  ) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      let isTriplet =
        keepsTriplets && byte == UInt8(ascii: "%") && index + 2 < bytes.count
        && bytes[index + 1].isHexDigit && bytes[index + 2].isHexDigit
      if isTriplet || kept.contains(byte) {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(Self.digit(byte >> 4))
        result.append(Self.digit(byte & 0xF))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    switch self {
    case UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "A") ... UInt8(ascii: "F"),
      UInt8(ascii: "a") ... UInt8(ascii: "f"):
      true
    default: false
    }
  }
}
