/// Base64 as JSON of protobuf messages has it (https://protobuf.dev/programming-guides/json/): written
/// in the standard alphabet with padding (RFC 4648 section 4), and read in that or in that of base64url,
/// with padding or without.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )
  private static let padding = UInt8(ascii: "=")

  /// Appends the text of `bytes` to `text`.
  package static func encode(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    Base64URL.encode(bytes, in: self.alphabet, to: &text)
    let missing = (3 - bytes.count % 3) % 3
    text.append(contentsOf: repeatElement(self.padding, count: missing))
  }

  /// - Returns: nil when the text is not base64: when there is another character, the length or the
  ///   padding is impossible, or bits that encode nothing are not zero.
  package static func decode(_ text: String) -> [UInt8]? {
    self.decode(Array(text.utf8))
  }

  /// The same for the text's bytes.
  package static func decode(_ text: [UInt8]) -> [UInt8]? {
    var characters = text
    if characters.last == self.padding {
      guard characters.count % 4 == 0 else { return nil }
      characters.removeLast()
      if characters.last == self.padding { characters.removeLast() }
    }
    for index in characters.indices {
      switch characters[index] {
      case UInt8(ascii: "+"): characters[index] = UInt8(ascii: "-")
      case UInt8(ascii: "/"): characters[index] = UInt8(ascii: "_")
      default: break
      }
    }
    return Base64URL.decode(characters.span)
  }
}
