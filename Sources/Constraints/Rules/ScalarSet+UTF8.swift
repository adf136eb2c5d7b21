/// Scalars as UTF-8 bytes (RFC 3629).
extension ScalarSet {
  /// The first bytes of the set's scalars.
  var firstBytes: ByteSet {
    var bytes = ByteSet()
    for byte in 0 ... 0xF4 as ClosedRange<UInt8>
    where UTF8Position.start.after(byte, in: self) != nil {
      bytes.insert(byte)
    }
    return bytes
  }
}

/// A position within the bytes of a scalar of a set.
enum UTF8Position {
  /// Before the first byte.
  case start
  /// `scalar` has the bits so far; `remaining` of `count` bytes are missing.
  case within(scalar: UInt32, remaining: UInt32, count: UInt32)
  /// Every continuation of the scalar is in the set.
  case any(remaining: UInt32)
  /// After the last byte.
  case end

  /// - Returns: nil when no scalar of the set has this byte here.
  func after(_ byte: UInt8, in set: ScalarSet) -> UTF8Position? {
    switch self {
    case .start: return Self.first(byte, in: set)
    case .within(let scalar, let remaining, let count):
      guard byte & 0xC0 == 0x80 else { return nil }
      return Self.rest(scalar << 6 | UInt32(byte & 0x3F), remaining - 1, count, in: set)
    case .any(let remaining):
      guard byte & 0xC0 == 0x80 else { return nil }
      return remaining == 1 ? .end : .any(remaining: remaining - 1)
    case .end: return nil
    }
  }

  private static func first(_ byte: UInt8, in set: ScalarSet) -> UTF8Position? {
    switch byte {
    case ..<0x80: set.overlaps(UInt32(byte) ... UInt32(byte)) ? .end : nil
    case 0xC2 ... 0xDF: self.rest(UInt32(byte & 0x1F), 1, 2, in: set)
    case 0xE0 ... 0xEF: self.rest(UInt32(byte & 0x0F), 2, 3, in: set)
    case 0xF0 ... 0xF4: self.rest(UInt32(byte & 0x07), 3, 4, in: set)
    default: nil
    }
  }

  private static func rest(
    _ scalar: UInt32,
    _ remaining: UInt32,
    _ count: UInt32,
    in set: ScalarSet
  ) -> UTF8Position? {
    let shortest: UInt32 = count == 2 ? 0x80 : count == 3 ? 0x800 : 0x1_0000
    let first = scalar << (6 * remaining)
    let last = first | (1 << (6 * remaining) - 1)
    guard last >= shortest, first <= 0x10FFFF else { return nil }
    let range = max(first, shortest) ... min(last, 0x10FFFF)
    guard set.overlaps(range) else { return nil }
    if remaining == 0 { return .end }
    if range == first ... last, set.covers(range) { return .any(remaining: remaining) }
    return .within(scalar: scalar, remaining: remaining, count: count)
  }

  /// The position with a number; 0 is the start.
  init(code: Int32) {
    if code == 0 {
      self = .start
    } else if code < 0 {
      self = .any(remaining: UInt32(-code))
    } else {
      let code = UInt32(code)
      self = .within(scalar: code >> 5, remaining: code >> 3 & 3, count: code & 7)
    }
  }

  var code: Int32 {
    switch self {
    case .start, .end: 0
    case .any(let remaining): -Int32(remaining)
    case .within(let scalar, let remaining, let count):
      Int32(scalar << 5 | remaining << 3 | count)
    }
  }
}
