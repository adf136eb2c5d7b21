/// Base64url without padding (RFC 7515 section 2, RFC 4648 section 5), of which each byte string has
/// exactly one: a token cannot be changed without changing what is signed.
package enum Base64URL {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
  )
  private static let notInAlphabet: UInt8 = 0x80
  /// The six bits of each character, by its code.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: Self.notInAlphabet, count: 256)
    for (value, character) in Self.alphabet.enumerated() {
      values[Int(character)] = UInt8(value)
    }
    return values
  }()

  /// - Returns: nil when there is a character that is not of the alphabet (padding and white space
  ///   are none), when the length is impossible, or when bits that encode nothing are not zero.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    var isValid = true
    let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { bytes, count in
      count = text.count * 3 / 4
      isValid = text.withUnsafeBufferPointer {
        Self.decode($0, into: UnsafeMutableBufferPointer(rebasing: bytes[..<count]))
      }
    }
    return isValid ? bytes : nil
  }

  private static func decode(
    _ text: UnsafeBufferPointer<UInt8>,
    into bytes: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    Self.values.withUnsafeBufferPointer { values in
      var seen: UInt8 = 0
      var index = 0
      var count = 0
      // Whole groups first: they are most of a token.
      while index + 4 <= text.count {
        let first = values[Int(text[index])]
        let second = values[Int(text[index + 1])]
        let third = values[Int(text[index + 2])]
        let fourth = values[Int(text[index + 3])]
        seen |= first | second | third | fourth
        bytes[count] = first << 2 | second >> 4
        bytes[count + 1] = second << 4 | third >> 2
        bytes[count + 2] = third << 6 | fourth
        index += 4
        count += 3
      }
      var group: UInt32 = 0
      var bitCount = 0
      for character in text[index...] {
        let value = values[Int(character)]
        seen |= value
        group = group << 6 | UInt32(value)
        bitCount += 6
      }
      while bitCount >= 8 {
        bitCount -= 8
        bytes[count] = UInt8(truncatingIfNeeded: group >> bitCount)
        count += 1
      }
      return seen & Self.notInAlphabet == 0 && group & (1 << bitCount - 1) == 0
    }
  }

  /// Appends the text of `bytes` to `text`.
  package static func encode(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    self.encode(bytes, in: Self.alphabet, to: &text)
  }

  /// The same with other characters for the values from 0 to 63.
  static func encode(_ bytes: Span<UInt8>, in alphabet: [UInt8], to text: inout [UInt8]) {
    var group: UInt32 = 0
    var bitCount = 0
    for index in bytes.indices {
      group = group << 8 | UInt32(bytes[index])
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        text.append(alphabet[Int(group >> bitCount & 0x3F)])
      }
    }
    if bitCount > 0 { text.append(alphabet[Int(group << (6 - bitCount) & 0x3F)]) }
  }

  /// The text of `bytes`.
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    self.encode(bytes.span, to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
