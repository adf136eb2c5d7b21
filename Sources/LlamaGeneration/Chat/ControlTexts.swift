internal import Identifiers

/// The texts of a model's control tokens, such as "<|im_end|>", and where they could come about in
/// what callers write.
///
/// What is written becomes part of a text of the template's, which has control tokens of its own.
/// So a mark is put into it wherever it has the text of a control token, and at its beginning and
/// end where it has a part of one, which the template's text beside it could complete. A control
/// token across a mark is not one (see `MarkedText`).
struct ControlTexts: Sendable {
  private let specials: SpecialTexts
  private let texts: [[UInt8]]
  /// All pairs of bytes that follow each other after the first byte of such a text.
  private var pairs: Set<UInt16> = []
  private var lastBytes: Set<UInt8> = []

  init(_ texts: [[UInt8]]) {
    self.texts = texts
    var specials = SpecialTexts()
    for text in texts {
      specials.insert(
        text,
        SpecialTexts.Kind(isControl: true, stripsBefore: false, stripsAfter: false)
      )
      if let last = text.last { self.lastBytes.insert(last) }
      for (first, second) in zip(text.dropFirst(), text.dropFirst(2)) {
        self.pairs.insert(UInt16(first) << 8 | UInt16(second))
      }
    }
    self.specials = specials
  }

  /// Where marks belong in what a caller has written, in ascending order.
  func places(in text: [UInt8]) -> [Int] {
    var places: Set<Int> = []
    if self.continuesOne(text) { places.insert(0) }
    self.specials.forEach(in: text, beginningIn: text.indices, withControl: true) { found in
      places.insert(found.range.count > 1 ? found.range.lowerBound + 1 : found.range.lowerBound)
    }
    for start in max(0, text.count - self.specials.longest) ..< text.count
    where self.specials.isPrefix(text[start...]) {
      places.insert(start + 1)
    }
    return places.sorted()
  }

  /// Whether the text begins with the end of a control token's text, or is a part of one.
  private func continuesOne(_ text: [UInt8]) -> Bool {
    guard let first = text.first else { return false }
    let isPart = text.count > 1 && self.pairs.contains(UInt16(first) << 8 | UInt16(text[1]))
    guard isPart || self.lastBytes.contains(first) || text.count == 1 else { return false }
    return self.texts.contains { control in
      control.indices.dropFirst().contains { start in
        control[start] == first
          && zip(control[start...], text).allSatisfy { $0 == $1 }
      }
    }
  }
}
