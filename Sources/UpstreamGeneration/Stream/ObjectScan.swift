/// Follows a JSON object that comes in pieces, to tell where it ends. It does not tell whether it is JSON.
struct ObjectScan {
  private enum Place {
    case before, within, after
    /// Something else comes before or after it.
    case broken
  }

  private var place = Place.before
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Whether it has ended, and nothing but white space comes after it.
  var isAtEnd: Bool { if case .after = self.place { true } else { false } }

  /// Whether nothing but white space has come.
  var isBlank: Bool { if case .before = self.place { true } else { false } }

  /// Takes the next piece.
  mutating func append(_ text: String) {
    for byte in text.utf8 { self.append(byte) }
  }

  private mutating func append(_ byte: UInt8) {
    switch self.place {
    case .broken: return
    case .before, .after:
      if byte.isWhiteSpaceOfJSON { return }
      let isBegin = byte == UInt8(ascii: "{")
      if case .before = self.place, isBegin {
        (self.place, self.depth) = (.within, 1)
      } else {
        self.place = .broken
      }
    case .within where self.isEscaped: self.isEscaped = false
    case .within where self.isInString:
      self.isEscaped = byte == UInt8(ascii: "\\")
      self.isInString = byte != UInt8(ascii: "\"")
    case .within:
      switch byte {
      case UInt8(ascii: "\""): self.isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): self.depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        self.depth -= 1
        if self.depth == 0 { self.place = .after }
      default: break
      }
    }
  }
}

extension UInt8 {
  /// RFC 8259, section 2.
  var isWhiteSpaceOfJSON: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
