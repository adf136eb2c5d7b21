/// Texts, one of which must come, sorted by bytes, so that those with a common beginning are
/// adjacent.
struct TextSet: Sendable {
  private(set) var texts: [[UInt8]]

  /// - Parameter texts: none is empty.
  init(_ texts: [[UInt8]]) {
    let sorted = texts.sorted { $0.lexicographicallyPrecedes($1) }
    self.texts = []
    for text in sorted where text != self.texts.last { self.texts.append(text) }
  }

  /// The texts of a range that have a byte at an offset. All texts of the range have the same bytes
  /// before it, and none ends before it.
  func narrowed(_ range: Range<Int>, at offset: Int, to byte: UInt8) -> Range<Int> {
    let first = self.firstIndex(in: range) { $0.count > offset && $0[offset] >= byte }
    let end = self.firstIndex(in: first ..< range.upperBound) {
      $0.count > offset && $0[offset] > byte
    }
    return first ..< end
  }

  /// The bytes that the texts of a range have at an offset.
  func bytes(of range: Range<Int>, at offset: Int) -> ByteSet {
    var bytes = ByteSet()
    var rest = range
    while let first = rest.first {
      guard offset < self.texts[first].count else {
        rest = first + 1 ..< rest.upperBound
        continue
      }
      let byte = self.texts[first][offset]
      bytes.insert(byte)
      rest = self.narrowed(rest, at: offset, to: byte).upperBound ..< rest.upperBound
    }
    return bytes
  }

  private func firstIndex(in range: Range<Int>, where holds: ([UInt8]) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if holds(self.texts[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
