/// Texts as PostgreSQL can store them: its `text` has no U+0000, which other stores have.
///
/// U+0000 is written as U+0001 and "0", and U+0001 as U+0001 and "1". All other texts, which is
/// nearly all, are stored as they are; equal texts are equal when stored, and only those.
enum ZeroFreeText {
  private static let escape: UInt8 = 1

  static func encoded(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 <= Self.escape }) else { return text }
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
    guard text.utf8.contains(Self.escape) else { return text }
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
}
