/// Assembles the bytes of tokens into valid UTF-8.
///
/// The first bytes of a character wait for the rest. Invalid bytes become U+FFFD, so that the
/// joined pieces equal what decoding all bytes at once would give.
public struct TextAssembler: Sendable {
  /// The beginning of a character: at most three bytes.
  private var pending: [UInt8] = []

  /// Whether the bytes so far do not end within a character.
  public var isBetweenCharacters: Bool { self.pending.isEmpty }

  /// Creates an assembler without pending bytes.
  public init() {}

  /// Adds bytes, and returns the text that they complete.
  public mutating func append(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    if self.pending.isEmpty, let last = bytes.last, last < 0x80 {
      return String(decoding: bytes, as: UTF8.self)
    }
    self.pending.append(contentsOf: bytes)
    let complete = self.pending.count - Self.lengthOfUnfinishedCharacter(at: self.pending)
    defer { self.pending.removeFirst(complete) }
    return String(decoding: self.pending[..<complete], as: UTF8.self)
  }

  /// Returns the pending bytes as U+FFFD: the rest of the character will not come.
  public mutating func finish() -> String {
    defer { self.pending = [] }
    return String(decoding: self.pending, as: UTF8.self)
  }

  private static func lengthOfUnfinishedCharacter(at bytes: [UInt8]) -> Int {
    for (index, byte) in bytes.suffix(3).reversed().enumerated() {
      let length = index + 1
      switch byte {
      case 0x80 ... 0xBF: continue
      case 0xC2 ... 0xDF: return length < 2 ? length : 0
      case 0xE0 ... 0xEF: return length < 3 ? length : 0
      case 0xF0 ... 0xF4: return length < 4 ? length : 0
      default: return 0
      }
    }
    return 0
  }
}
