/// Scalars as the bytes that they are in UTF-8 (RFC 3629).
extension ScalarSet {
  /// Sequences of bytes, one of which each scalar of the set is. The first holds all of ASCII.
  var byteSequences: [[ByteSet]] {
    var ascii = ByteSet()
    var others: [[ByteSet]] = []
    for range in self.ranges {
      for part in Self.lengths.compactMap({ range.overlaps($0) ? range.clamped(to: $0) : nil }) {
        if part.upperBound < 0x80 {
          ascii.formUnion(ByteSet(UInt8(part.lowerBound) ... UInt8(part.upperBound)))
        } else {
          Self.appendSequences(of: part, to: &others)
        }
      }
    }
    return (ascii == ByteSet() ? [] : [[ascii]]) + others
  }

  /// Scalars with as many bytes as each other.
  private static let lengths: [Range] = [
    0 ... 0x7F, 0x80 ... 0x7FF, 0x800 ... 0xD7FF, 0xE000 ... 0xFFFF, 0x1_0000 ... 0x10_FFFF,
  ]

  /// Cuts a range until all bytes but the first ones that differ run through all their values.
  private static func appendSequences(of range: Range, to sequences: inout [[ByteSet]]) {
    let (low, high) = (range.lowerBound, range.upperBound)
    for shift in [6, 12, 18] as [UInt32] {
      let mask: UInt32 = 1 << shift - 1
      guard low & ~mask != high & ~mask else { break }
      if low & mask != 0 {
        self.appendSequences(of: low ... low | mask, to: &sequences)
        self.appendSequences(of: (low | mask) + 1 ... high, to: &sequences)
        return
      }
      if high & mask != mask {
        self.appendSequences(of: low ... (high & ~mask) - 1, to: &sequences)
        self.appendSequences(of: high & ~mask ... high, to: &sequences)
        return
      }
    }
    sequences.append(zip(self.bytes(of: low), self.bytes(of: high)).map { ByteSet($0 ... $1) })
  }

  private static func bytes(of scalar: UInt32) -> [UInt8] {
    func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
    return switch scalar {
    case ..<0x800: [UInt8(0xC0 | scalar >> 6), continuation(0)]
    case ..<0x1_0000: [UInt8(0xE0 | scalar >> 12), continuation(6), continuation(0)]
    default: [UInt8(0xF0 | scalar >> 18), continuation(12), continuation(6), continuation(0)]
    }
  }
}
