internal import JSON

/// Numbers.
extension SchemaConverter {
  static func integer(_ schema: Schema) throws(SchemaError) -> String {
    let (low, high) = (try Bound(schema, .minimum), try Bound(schema, .maximum))
    guard low != nil || high != nil else { return NumberGrammar.integer }
    return GBNF.choice(NumberGrammar.integers(from: low?.firstInteger, to: high?.firstInteger))
      .orNothing
  }

  static func number(_ schema: Schema) throws(SchemaError) -> String {
    let (low, high) = (try Bound(schema, .minimum), try Bound(schema, .maximum))
    guard low != nil || high != nil else { return "( \(NumberGrammar.number) )" }
    for bound in [low, high] {
      guard let bound, bound.whole == nil else { continue }
      throw SchemaError(
        "the limit \(bound.value)",
        at: schema.path,
        "is not supported: only whole numbers of at most 15 digits are"
      )
    }
    return GBNF.choice(NumberGrammar.numbers(from: low, to: high)).orNothing
  }
}

extension String {
  /// An expression without alternatives is one that nothing follows.
  fileprivate var orNothing: String { self == "()" ? "[]" : self }
}

/// A limit of a number.
struct Bound {
  enum End {
    case minimum, maximum
  }

  var value: Double
  var isExclusive: Bool
  private var end: End

  init(_ value: Double, isExclusive: Bool, _ end: End) {
    self.value = value
    self.isExclusive = isExclusive
    self.end = end
  }

  /// The narrower of the two limits that a schema may have at one end; nil when it has none.
  init?(_ schema: Schema, _ end: End) throws(SchemaError) {
    let (inclusive, exclusive) =
      end == .minimum ? ("minimum", "exclusiveMinimum") : ("maximum", "exclusiveMaximum")
    var bounds: [Bound] = []
    for (keyword, isExclusive) in [(inclusive, false), (exclusive, true)] {
      guard let json = schema[keyword] else { continue }
      guard case .number(let text) = json, let value = Double(text), abs(value) < 1e15 else {
        throw SchemaError(
          "\"\(keyword)\"",
          at: schema.path,
          "must be a number of at most 15 digits"
        )
      }
      bounds.append(Bound(value, isExclusive: isExclusive, end))
    }
    guard
      let narrower = bounds.max(by: { first, second in
        let (a, b) = end == .minimum ? (first, second) : (second, first)
        return a.value != b.value ? a.value < b.value : second.isExclusive
      })
    else { return nil }
    self = narrower
  }

  /// The value, when it is whole.
  var whole: Int? { Int(exactly: self.value) }

  /// The outermost whole number within the limit.
  var firstInteger: Int {
    switch self.end {
    case .minimum:
      let rounded = Int(self.value.rounded(.up))
      return self.isExclusive && Double(rounded) == self.value ? rounded + 1 : rounded
    case .maximum:
      let rounded = Int(self.value.rounded(.down))
      return self.isExclusive && Double(rounded) == self.value ? rounded - 1 : rounded
    }
  }
}

/// Numbers in decimal digits (RFC 8259 section 6), whose whole part has at most 15.
enum NumberGrammar {
  static let integer = #"( "0" | "-"? [1-9] [0-9]{0,14} )"#
  static let number =
    #""-"? ( "0" | [1-9] [0-9]{0,14} ) ( "." [0-9]{1,15} )? ( [eE] [+\-]? [0-9]{1,2} )?"#

  /// Alternatives for the whole numbers of a range; nil is no limit.
  static func integers(from low: Int?, to high: Int?) -> [String] {
    if let low, let high, low > high { return [] }
    var alternatives: [String] = []
    if low.map({ $0 < 0 }) != false {
      let digits = self.digits(from: max(1, high.map { -$0 } ?? 1), to: low.map { -$0 })
      if !digits.isEmpty { alternatives.append("\"-\" \(GBNF.choice(digits))") }
    }
    if high.map({ $0 >= 0 }) != false {
      alternatives += self.digits(from: max(0, low ?? 0), to: high)
    }
    return alternatives
  }

  /// Alternatives for the numbers of a range with whole limits.
  static func numbers(from low: Bound?, to high: Bound?) -> [String] {
    var alternatives: [String] = []
    if low.map({ $0.value < 0 }) != false {
      let from = high.flatMap { $0.value < 0 ? $0.negated : nil }
      let digits = self.decimals(
        from: from ?? Bound(0, isExclusive: true, .minimum),
        to: low?.negated
      )
      if !digits.isEmpty { alternatives.append("\"-\" \(GBNF.choice(digits))") }
    }
    if high.map({ $0.value >= 0 }) != false {
      let from = low.flatMap { $0.value >= 0 ? $0 : nil }
      alternatives += self.decimals(
        from: from ?? Bound(0, isExclusive: false, .minimum),
        to: high
      )
    }
    return alternatives
  }

  /// Alternatives for the numbers from 0 up that are in a range.
  private static func decimals(from low: Bound, to high: Bound?) -> [String] {
    guard let first = low.whole else { return [] }
    let last = high.flatMap(\.whole)
    if let last, last < first { return [] }
    var alternatives: [String] = []
    // Numbers below the upper limit, by their whole part.
    var firstWhole = first
    if low.isExclusive {
      if last != first {
        let fraction = #""." "0"{0,8} [1-9] [0-9]{0,5}"#
        alternatives += self.digits(from: first, to: first).map { "\($0) \(fraction)" }
      }
      firstWhole += 1
    }
    let lastWhole = last.map { $0 - 1 }
    if lastWhole.map({ $0 >= firstWhole }) != false {
      let wholes = self.digits(from: firstWhole, to: lastWhole)
      if !wholes.isEmpty {
        alternatives.append("\(GBNF.choice(wholes)) ( \".\" [0-9]{1,14} )?")
      }
    }
    if let last, let high, !high.isExclusive, last > first || !low.isExclusive {
      alternatives += self.digits(from: last, to: last)
    }
    return alternatives
  }

  /// Alternatives for the digits of the whole numbers of a range, which begins at 0 or above; nil
  /// is no limit.
  private static func digits(from low: Int, to high: Int?) -> [String] {
    if let high, low > high { return [] }
    var alternatives: [String] = []
    let last = min(high ?? .max, 999_999_999_999_999)
    var first = low
    // Numbers with as many digits as each other.
    while first <= last {
      let count = String(first).count
      let end = min(last, Int(String(repeating: "9", count: count)) ?? last)
      alternatives.append(self.digits(from: Array(String(first))[...], to: Array(String(end))[...]))
      first = end + 1
    }
    return alternatives
  }

  private static func digits(
    from low: ArraySlice<Character>,
    to high: ArraySlice<Character>
  ) -> String {
    guard let first = low.first, let last = high.first else { return "" }
    let count = low.count - 1
    let (rest, lastRest) = (low.dropFirst(), high.dropFirst())
    let isFromZero = rest.allSatisfy { $0 == "0" }
    let isToNine = lastRest.allSatisfy { $0 == "9" }
    if isFromZero && isToNine { return self.digit(first, last) + self.anyDigits(count) }
    if first == last { return "\"\(first)\" " + self.digits(from: rest, to: lastRest) }
    var alternatives: [String] = []
    var (middleFirst, middleLast) = (first, last)
    if !isFromZero {
      let nines = Array(repeating: Character("9"), count: count)
      alternatives.append("\"\(first)\" " + self.digits(from: rest, to: nines[...]))
      middleFirst = self.neighbour(first, 1)
    }
    if !isToNine {
      let zeros = Array(repeating: Character("0"), count: count)
      alternatives.append("\"\(last)\" " + self.digits(from: zeros[...], to: lastRest))
      middleLast = self.neighbour(last, -1)
    }
    if middleFirst <= middleLast {
      alternatives.append(self.digit(middleFirst, middleLast) + self.anyDigits(count))
    }
    return GBNF.choice(alternatives)
  }

  private static func digit(_ first: Character, _ last: Character) -> String {
    first == last ? "\"\(first)\"" : "[\(first)-\(last)]"
  }

  private static func anyDigits(_ count: Int) -> String {
    count == 0 ? "" : " [0-9]{\(count)}"
  }

  private static func neighbour(_ digit: Character, _ distance: Int) -> Character {
    Character(String((digit.wholeNumberValue ?? 0) + distance))
  }
}

extension Bound {
  fileprivate var negated: Bound {
    Bound(-self.value, isExclusive: self.isExclusive, self.end == .minimum ? .maximum : .minimum)
  }
}
