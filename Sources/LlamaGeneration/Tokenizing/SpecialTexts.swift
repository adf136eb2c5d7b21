/// The texts of a model's special tokens, such as "<|im_start|>", which become those tokens
/// anywhere in a text.
struct SpecialTexts: Sendable {
  /// How a special token treats white space beside it.
  struct Kind: Sendable {
    /// Whether it counts only where control tokens are parsed.
    var isControl: Bool
    var stripsBefore: Bool
    var stripsAfter: Bool
  }

  /// A special token's text in a text.
  struct Occurrence {
    var range: Range<Int>
    var kind: Kind
  }

  /// The texts as a trie: the node after a node and a byte.
  private var children: [Int: Int] = [:]
  private var kinds: [Kind?] = [nil]
  private(set) var longest = 0
  private(set) var strips = false

  mutating func insert(_ text: [UInt8], _ kind: Kind) {
    guard !text.isEmpty else { return }
    var node = 0
    for byte in text {
      let key = node << 8 | Int(byte)
      if let next = self.children[key] {
        node = next
      } else {
        self.kinds.append(nil)
        node = self.kinds.count - 1
        self.children[key] = node
      }
    }
    self.kinds[node] = kind
    self.longest = max(self.longest, text.count)
    if kind.stripsBefore || kind.stripsAfter { self.strips = true }
  }

  /// Whether a special token's text begins with this.
  func isPrefix(_ text: ArraySlice<UInt8>) -> Bool {
    var node = 0
    for byte in text {
      guard let next = self.children[node << 8 | Int(byte)] else { return false }
      node = next
    }
    return true
  }

  /// Calls `body` with each occurrence that begins in a part of a text.
  ///
  /// - Parameter withControl: whether to include control tokens.
  func forEach(
    in text: [UInt8],
    beginningIn part: Range<Int>,
    withControl: Bool,
    _ body: (Occurrence) -> Void
  ) {
    guard self.longest > 0 else { return }
    for start in part {
      var node = 0
      var end = start
      while end < text.count, let next = self.children[node << 8 | Int(text[end])] {
        node = next
        end += 1
        if let kind = self.kinds[node], withControl || !kind.isControl {
          body(Occurrence(range: start ..< end, kind: kind))
        }
      }
    }
  }
}

/// Where special tokens allow a cut, in a part of a text.
struct SpecialPlaces {
  private let part: ClosedRange<Int>
  /// For each place, whether a special token's text, or white space that it strips, crosses it.
  private var crossed: [Bool]
  /// For each place, whether a special token surely ends there.
  private var ends: [Bool]

  /// - Parameter withControl: whether to include control tokens.
  init(
    _ specials: SpecialTexts,
    in text: [UInt8],
    _ part: ClosedRange<Int>,
    withControl: Bool
  ) {
    self.part = part
    self.crossed = Array(repeating: false, count: part.count)
    self.ends = self.crossed
    var lower = part.lowerBound
    var upper = part.upperBound
    if specials.strips {
      while lower > 0, text[lower - 1].isWhiteSpace { lower -= 1 }
      while upper < text.count, text[upper].isWhiteSpace { upper += 1 }
    }
    // Including those that overlap one that reaches into the part.
    let nearby = max(0, lower - 2 * specials.longest) ..< min(text.count, upper + 1)
    var group: (last: SpecialTexts.Occurrence, upper: Int, count: Int)?
    specials.forEach(in: text, beginningIn: nearby, withControl: withControl) { occurrence in
      self.cross(occurrence, in: text)
      if var overlapped = group, occurrence.range.lowerBound < overlapped.upper {
        overlapped.upper = max(overlapped.upper, occurrence.range.upperBound)
        overlapped.count += 1
        group = overlapped
      } else {
        self.end(group)
        group = (occurrence, occurrence.range.upperBound, 1)
      }
    }
    self.end(group)
  }

  func isCrossed(_ place: Int) -> Bool { self.crossed[place - self.part.lowerBound] }

  func isEnd(_ place: Int) -> Bool { self.ends[place - self.part.lowerBound] }

  /// Of tokens with overlapping texts only some are used: only one without overlap surely is.
  private mutating func end(_ group: (last: SpecialTexts.Occurrence, upper: Int, count: Int)?) {
    guard let group, group.count == 1, !group.last.kind.stripsAfter else { return }
    if self.part.contains(group.upper) { self.ends[group.upper - self.part.lowerBound] = true }
  }

  private mutating func cross(_ occurrence: SpecialTexts.Occurrence, in text: [UInt8]) {
    var lower = occurrence.range.lowerBound
    var upper = occurrence.range.upperBound
    // A cut beside white space that is stripped would leave it there.
    if occurrence.kind.stripsBefore {
      while lower > 0, text[lower - 1].isWhiteSpace { lower -= 1 }
      lower -= 1
    }
    if occurrence.kind.stripsAfter {
      while upper < text.count, text[upper].isWhiteSpace { upper += 1 }
      upper += 1
    }
    let crossed =
      max(lower + 1, self.part.lowerBound)
      ..< max(
        max(lower + 1, self.part.lowerBound),
        min(upper, self.part.upperBound + 1)
      )
    for place in crossed { self.crossed[place - self.part.lowerBound] = true }
  }
}

extension UInt8 {
  var isWhiteSpace: Bool { self == 0x20 || 0x09 ... 0x0D ~= self }
}
