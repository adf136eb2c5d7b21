internal import NIOCore

extension ByteBuffer {
  /// Replaces each byte of text that looks like an access token with "x", in bytes that are not a
  /// whole request, so that the access token's place is unknown.
  ///
  /// Finds text after "Bearer ", and the beginning of every JWT, which is `{"` in base64
  /// (RFC 7519 section 3).
  var hidingTokens: ByteBuffer {
    var result = self
    result.withUnsafeMutableReadableBytes { bytes in
      var index = 0
      while index < bytes.count {
        guard let start = Self.startOfToken(in: bytes, at: index) else {
          index += 1
          continue
        }
        index = start
        while index < bytes.count, bytes[index].isOfToken {
          bytes[index] = UInt8(ascii: "x")
          index += 1
        }
      }
    }
    return result
  }

  private static let bearer = Array("Bearer ".utf8)
  private static let jwt = Array("eyJ".utf8)

  /// The beginning of an access token whose mark is at `index`.
  private static func startOfToken(in bytes: UnsafeMutableRawBufferPointer, at index: Int) -> Int? {
    switch bytes[index] {
    case self.jwt[0] where bytes[index...].starts(with: self.jwt): index
    case self.bearer[0] where bytes[index...].starts(with: self.bearer): index + self.bearer.count
    default: nil
    }
  }
}

extension UInt8 {
  /// RFC 6750 section 2.1.
  fileprivate var isOfToken: Bool {
    switch self {
    case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
      UInt8(ascii: "0") ... UInt8(ascii: "9"):
      true
    default: "-._~+/=".utf8.contains(self)
    }
  }
}
