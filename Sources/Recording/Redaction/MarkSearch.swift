internal import NIOCore

/// Finds marks in bytes that come in pieces, also those that begin in one piece and end in another.
struct MarkSearch {
  private let marks: [Mark]
  /// Whether a mark ends with a byte, by byte: most bytes end none.
  private let isLast: [Bool]
  /// The end of the pieces so far that may begin a mark.
  private var carry: [UInt8] = []

  struct Mark: Hashable {
    let bytes: [UInt8]
    let ignoresCase: Bool

    /// - Parameter text: in lower case when case is ignored.
    init(_ text: String, ignoresCase: Bool = false) {
      self.bytes = Array(text.utf8)
      self.ignoresCase = ignoresCase
    }

    fileprivate func matches(_ byte: UInt8, at place: Int) -> Bool {
      (self.ignoresCase ? byte.lowercased : byte) == self.bytes[place]
    }
  }

  init(_ marks: [Mark]) {
    self.marks = marks
    self.isLast = (UInt8.min ... .max).map { byte in
      marks.contains { $0.matches(byte, at: $0.bytes.count - 1) }
    }
  }

  /// Whether nothing before the next bytes matters for them.
  var isIdle: Bool { self.carry.isEmpty }

  /// The mark that ends at a byte of the current piece.
  func mark(endingAt index: Int, in piece: UnsafeRawBufferPointer) -> Mark? {
    guard self.isLast[Int(piece[index])] else { return nil }
    return self.marks.first { mark in
      let start = index + 1 - mark.bytes.count
      guard start >= -self.carry.count else { return false }
      return mark.bytes.indices.reversed().allSatisfy { place in
        let position = start + place
        let byte = position < 0 ? self.carry[self.carry.count + position] : piece[position]
        return mark.matches(byte, at: place)
      }
    }
  }

  /// The current piece is over.
  mutating func end(_ piece: ByteBuffer) {
    let longest = self.marks.map(\.bytes.count).max() ?? 0
    let end = self.carry + piece.readableBytesView.suffix(longest)
    let length = (0 ..< longest).reversed().first { length in
      self.marks.contains { mark in
        length < mark.bytes.count && length <= end.count
          && zip(0..., end.suffix(length)).allSatisfy { mark.matches($1, at: $0) }
      }
    }
    self.carry = Array(end.suffix(length ?? 0))
  }
}

extension UInt8 {
  fileprivate var lowercased: UInt8 {
    (UInt8(ascii: "A") ... UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }
}
