#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Texts as PostgreSQL can store them: its `text` has no U+0000, which other stores have.
///
/// U+0000 is written as U+0001 and "0", and U+0001 as U+0001 and "1". All other texts, which is
/// nearly all, are stored as they are; equal texts are equal when stored, and only those.
enum ZeroFreeText {
  private static let escape: UInt8 = 1

  static func encoded(_ text: String) -> String {
    guard self.has(0, text) || self.has(Self.escape, text) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      if byte <= Self.escape {
        bytes += [Self.escape, UInt8(ascii: "0") + byte]
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func decoded(_ text: String) -> String {
    guard self.has(Self.escape, text) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var isEscaped = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0"), UInt8(ascii: "1"):
        // In the place of the escape.
        if isEscaped {
          bytes[bytes.count - 1] = byte - UInt8(ascii: "0")
        } else {
          bytes.append(byte)
        }
        isEscaped = false
      default:
        bytes.append(byte)
        isEscaped = byte == Self.escape
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Nearly no text has it, and all texts are looked through.
  private static func has(_ byte: UInt8, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      bytes.baseAddress.map { memchr($0, CInt(byte), bytes.count) != nil } ?? false
    }
  }
}
