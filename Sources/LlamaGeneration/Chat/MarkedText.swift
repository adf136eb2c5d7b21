/// A rendered text, and where the marks of `TextMarks` were in it.
struct MarkedText {
  /// The text without marks, in UTF-8.
  private(set) var bytes: [UInt8] = []
  /// The places of the marks, in ascending order.
  private(set) var places: [Int] = []

  init(_ text: String, without marks: TextMarks) {
    let text = Array(text.utf8)
    self.bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let mark = [marks.mark, marks.escapedMark].first { text[index...].starts(with: $0) }
      if let mark {
        self.places.append(self.bytes.count)
        index += mark.count
      } else {
        self.bytes.append(text[index])
        index += 1
      }
    }
  }

  /// Whether a control token with its text in `range` is the template's own: no mark is within it.
  /// (Of a single byte, at its beginning.)
  func isGenuine(_ range: Range<Int>) -> Bool {
    let first = range.count > 1 ? range.lowerBound + 1 : range.lowerBound
    var (low, high) = (0, self.places.count)
    while low < high {
      let middle = (low + high) / 2
      if self.places[middle] < first { low = middle + 1 } else { high = middle }
    }
    return low == self.places.count || self.places[low] >= range.upperBound
  }
}
