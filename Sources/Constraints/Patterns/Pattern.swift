/// A regular expression of ECMA-262, without lookarounds and backreferences. Its parts are
/// numbered, and come after their own parts.
struct Pattern {
  enum Part {
    case characters(ScalarSet)
    case sequence([Int])
    case choice([Int])
    case repetition(Int, minimum: Int, maximum: Int?)
    /// "^" and "$".
    case start, end
  }

  private(set) var parts: [Part] = []
  private(set) var root = 0

  mutating func add(_ part: Part) -> Int {
    self.parts.append(part)
    return self.parts.count - 1
  }

  /// - Throws: `PatternError` for a text that is not a regular expression, or not supported.
  init(_ text: String) throws(PatternError) {
    var parser = PatternParser(text)
    try parser.parse()
    self.parts = parser.parts
    self.root = try self.whole(parser.root, from: .start, to: .end)
  }

  /// Where a part begins or ends.
  private enum Place {
    /// Not at an end of the text: anything may come before or after.
    case open
    /// At the end of the text.
    case start, end
    case within
  }

  /// A part extended to match a whole text: a pattern without "^" or "$" allows any text there.
  private mutating func whole(
    _ part: Int,
    from start: Place,
    to end: Place
  ) throws(PatternError) -> Int {
    try self.anchored(part, start == .start ? .open : start, end == .end ? .open : end)
  }

  /// Recursive; the parser bounds the depth of brackets.
  private mutating func anchored(
    _ part: Int,
    _ start: Place,
    _ end: Place
  ) throws(PatternError) -> Int {
    switch self.parts[part] {
    case .choice(let choices):
      var result: [Int] = []
      for choice in choices { result.append(try self.anchored(choice, start, end)) }
      return self.add(.choice(result))
    case .start, .end: return try self.anchored(self.add(.sequence([part])), start, end)
    case .sequence(let items):
      var (items, start, end) = (items[...], start, end)
      while let first = items.first, case .start = self.parts[first], start != .within {
        items.removeFirst()
        start = .start
      }
      while let last = items.last, case .end = self.parts[last], end != .within {
        items.removeLast()
        end = .end
      }
      var result: [Int] = []
      if items.count == 1, let only = items.first, self.isGroup(only) {
        return try self.anchored(only, start, end)
      }
      if let first = items.first, start != .within, self.isGroup(first) {
        result.append(try self.anchored(first, start, .within))
        items.removeFirst()
      } else if start == .open {
        result.append(self.anything())
      }
      var last: Int?
      if let item = items.last, end != .within, self.isGroup(item) {
        last = try self.anchored(item, .within, end)
        items.removeLast()
      } else if end == .open {
        last = self.anything()
      }
      for item in items { try self.checkAnchors(in: item) }
      return self.add(.sequence(result + items + (last.map { [$0] } ?? [])))
    case .characters, .repetition:
      return try self.anchored(self.add(.sequence([part])), start, end)
    }
  }

  private func isGroup(_ part: Int) -> Bool {
    switch self.parts[part] {
    case .choice, .sequence: true
    default: false
    }
  }

  private mutating func anything() -> Int {
    let any = self.add(.characters(.all))
    return self.add(.repetition(any, minimum: 0, maximum: nil))
  }

  private func checkAnchors(in part: Int) throws(PatternError) {
    var open = [part]
    while let part = open.popLast() {
      switch self.parts[part] {
      case .start:
        throw PatternError("has a \"^\" that is not at its beginning; that is not supported")
      case .end: throw PatternError("has a \"$\" that is not at its end; that is not supported")
      case .characters: continue
      case .sequence(let items), .choice(let items): open += items
      case .repetition(let item, _, _): open.append(item)
      }
    }
  }

  /// The repetition, if the pattern is only one repeated character.
  var repeatedCharacters: (ScalarSet, minimum: Int, maximum: Int?)? {
    var part = self.root
    while true {
      switch self.parts[part] {
      case .sequence(let items) where items.count == 1: part = items[0]
      case .choice(let items) where items.count == 1: part = items[0]
      case .characters(let set): return (set, 1, 1)
      case .repetition(let item, let minimum, let maximum):
        guard case .characters(let set) = self.parts[item] else { return nil }
        return (set, minimum, maximum)
      default: return nil
      }
    }
  }

  /// The fewest and the most characters of a match; nil is unlimited.
  var lengths: (minimum: Int, maximum: Int?) {
    let most = Int(RuleBuilder.maximumCount)
    var lengths: [(Int, Int?)] = []
    for part in self.parts {
      switch part {
      case .characters: lengths.append((1, 1))
      case .start, .end: lengths.append((0, 0))
      case .sequence(let items):
        let all = items.map { lengths[$0] }
        lengths.append(
          (
            all.reduce(0) { min(most, $0 + $1.0) },
            all.reduce(0) { sum, item in sum.flatMap { a in item.1.map { min(most, a + $0) } } }
          )
        )
      case .choice(let items):
        let all = items.map { lengths[$0] }
        lengths.append(
          (
            all.map(\.0).min() ?? 0,
            all.contains { $0.1 == nil } ? nil : all.compactMap(\.1).max() ?? 0
          )
        )
      case .repetition(let item, let minimum, let maximum):
        let (least, highest) = lengths[item]
        lengths.append(
          (
            min(most, minimum * least),
            highest == 0 ? 0 : maximum.flatMap { a in highest.map { min(most, a * $0) } }
          )
        )
      }
    }
    return lengths[self.root]
  }
}

/// Why a pattern cannot be compiled.
struct PatternError: Error {
  /// The text after the pattern in a sentence.
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
