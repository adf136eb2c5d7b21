/// The characters of the private use planes, U+F0000 and above, that a text in JSON has, as they are or
/// escaped (RFC 8259 section 7).
struct PrivateScalars {
  private static let first: UInt32 = 0xF_0000
  private static let last: UInt32 = 0x10_FFFD
  private static let escapeLength = 6

  private var scalars: Set<UInt32> = []

  /// - Parameter bytes: UTF-8.
  init(in bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { bytes in
      for index in bytes.indices {
        switch bytes[index] {
        case 0xF3, 0xF4: self.insert(Self.scalar(bytes[index...].prefix(4)))
        case UInt8(ascii: "\\"):
          guard let high = Self.unit(bytes[index...]), 0xDB80 ... 0xDBFF ~= high,
            let low = Self.unit(bytes[(index + Self.escapeLength)...]), 0xDC00 ... 0xDFFF ~= low
          else { continue }
          self.insert(0x1_0000 + (high - 0xD800) << 10 + (low - 0xDC00))
        default: break
        }
      }
    }
  }

  func contains(_ scalar: UInt32) -> Bool { self.scalars.contains(scalar) }

  /// The highest that the text does not have; nil when it has all.
  var highestFree: UInt32? {
    (Self.first ... Self.last).reversed().first { !self.contains($0) }
  }

  private mutating func insert(_ scalar: UInt32) {
    if scalar >= Self.first { self.scalars.insert(scalar) }
  }

  /// The scalar of four bytes.
  private static func scalar(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32 {
    guard bytes.count == 4, let lead = bytes.first else { return 0 }
    return bytes.dropFirst().reduce(UInt32(lead & 0x07)) { $0 << 6 | UInt32($1 & 0x3F) }
  }

  /// The UTF-16 unit of an escape at the beginning; nil without one.
  private static func unit(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
    let escape = bytes.prefix(Self.escapeLength)
    guard escape.count == Self.escapeLength, escape.starts(with: "\\u".utf8) else { return nil }
    return UInt32(String(decoding: escape.dropFirst(2), as: UTF8.self), radix: 16)
  }
}
