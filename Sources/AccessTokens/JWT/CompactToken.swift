internal import JSON

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// An access token split into its three parts (JWS compact serialization, RFC 7515 section 3.1),
/// not verified.
struct CompactToken {
  /// In bytes: what servers accept as one line of HTTP, and more than an ordinary token has.
  static let maximumSize = 8192

  private let text: [UInt8]
  private let headerEnd: Int
  private let payloadEnd: Int

  init(_ token: String) throws(JWTError) {
    guard token.utf8.count <= Self.maximumSize else { throw JWTError(.tooLarge) }
    self.text = Array(token.utf8)
    guard Self.isTrimmed(self.text) else { throw JWTError(.notTrimmed) }
    let dot = UInt8(ascii: ".")
    // A third dot makes the payload invalid base64url, which decoding finds.
    guard
      let headerEnd = self.text.firstIndex(of: dot),
      let payloadEnd = self.text.lastIndex(of: dot),
      headerEnd < payloadEnd
    else { throw JWTError(.notCompact) }
    self.headerEnd = headerEnd
    self.payloadEnd = payloadEnd
  }

  private static func isTrimmed(_ text: [UInt8]) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    // A byte-order mark is EF BB BF.
    return first > 0x20 && first != 0xEF && last > 0x20 && last != 0xBF
  }

  func header() throws(JWTError) -> [UInt8] {
    try self.decode(0 ..< self.headerEnd, .header)
  }

  /// Whether the header is that of tokens issued with the key, and need not be parsed.
  func hasHeader(of key: TokenKey) -> Bool {
    self.headerEnd == key.header.count && memcmp(self.text, key.header, self.headerEnd) == 0
  }

  func payload() throws(JWTError) -> [UInt8] {
    try self.decode(self.headerEnd + 1 ..< self.payloadEnd, .payload)
  }

  func signature() throws(JWTError) -> [UInt8] {
    try self.decode(self.payloadEnd + 1 ..< self.text.count, .signature)
  }

  /// Whether the signature matches the key.
  func isSigned(_ signature: [UInt8], by key: HMACKey) -> Bool {
    key.sign(self.text.span.extracting(..<self.payloadEnd)).isEqual(to: signature)
  }

  private func decode(
    _ range: Range<Int>,
    _ part: JWTError.Part
  ) throws(JWTError) -> [UInt8] {
    guard let bytes = Base64URL.decode(self.text.span.extracting(range)) else {
      throw JWTError(.notBase64URL(part))
    }
    return bytes
  }
}

extension CompactToken {
  /// The text of a token, signed with a key.
  static func sign(_ payload: [UInt8], with key: TokenKey) -> String {
    var text = key.header
    text.append(UInt8(ascii: "."))
    Base64URL.encode(payload.span, to: &text)
    let signature = key.secret.sign(text.span)
    text.append(UInt8(ascii: "."))
    signature.encode(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
