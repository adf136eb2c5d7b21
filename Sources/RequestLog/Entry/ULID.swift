/// An id that sorts by time: 48 bits of milliseconds since 1970, then 80 random bits
/// (https://github.com/ulid/spec).
///
/// Its text is 26 characters of Crockford's base 32, which sort like the ids.
public struct ULID: Hashable, Comparable, Sendable, LosslessStringConvertible {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
  private static let length = 26

  /// The 128 bits of the id.
  public let value: UInt128

  /// The id with these 128 bits.
  public init(value: UInt128) {
    self.value = value
  }

  /// Creates a random id. Its highest random bit is 0, so that there are ids after it.
  ///
  /// - Parameter milliseconds: the time since 1970.
  public init(milliseconds: Int64) {
    let random = UInt128.random(in: 0 ..< 1 << 79)
    self.init(value: UInt128(truncatingIfNeeded: milliseconds) << 80 | random)
  }

  /// Parses the text of an id.
  ///
  /// - Returns: nil when the text is not an id of 26 characters, in upper or lower case.
  public init?(_ description: String) {
    guard description.utf8.count == Self.length else { return nil }
    var value: UInt128 = 0
    for byte in description.utf8 {
      let isLowerCase = UInt8(ascii: "a") ... UInt8(ascii: "z") ~= byte
      guard
        let digit = Self.alphabet.firstIndex(of: isLowerCase ? byte - 32 : byte),
        !value.multipliedReportingOverflow(by: 32).overflow
      else { return nil }
      value = value << 5 | UInt128(digit)
    }
    self.init(value: value)
  }

  /// The time of the id, in milliseconds since 1970.
  public var milliseconds: Int64 { Int64(self.value >> 80) }

  /// The next id; nil at the end of its millisecond.
  public var next: ULID? {
    let next = ULID(value: self.value &+ 1)
    return next.milliseconds == self.milliseconds ? next : nil
  }

  /// The text of the id, in upper case.
  public var description: String {
    let digits = (0 ..< Self.length).map { index in
      Self.alphabet[Int(self.value >> (5 * (Self.length - 1 - index)) & 31)]
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Whether `one` sorts first.
  public static func < (one: ULID, other: ULID) -> Bool {
    one.value < other.value
  }
}
