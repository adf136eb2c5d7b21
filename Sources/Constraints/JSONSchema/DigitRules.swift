/// Rules for numbers in decimal digits (RFC 8259 section 6). Generated numbers have at most 15
/// digits, which a Double keeps exactly, unless limits require more.
enum DigitRules {
  typealias Element = Grammar.Element
  static let maximumDigits = 15

  static func anyInteger(_ builder: inout RuleBuilder) throws(GrammarError) -> [[Element]] {
    let digits = [try self.digit(1, 9, &builder), try self.anyDigits(0, 14, &builder)]
    return [[.byte(UInt8(ascii: "0"))], digits, [.byte(UInt8(ascii: "-"))] + digits]
  }

  static func anyNumber(_ builder: inout RuleBuilder) throws(GrammarError) -> [[Element]] {
    let minus = try builder.repetition(.byte(UInt8(ascii: "-")), 0, 1)
    let whole = try builder.newRule([
      [.byte(UInt8(ascii: "0"))],
      [try self.digit(1, 9, &builder), try self.anyDigits(0, 14, &builder)],
    ])
    let fraction = try builder.newRule([
      [.byte(UInt8(ascii: ".")), try self.anyDigits(1, 15, &builder)]
    ])
    let sign = try builder.repetition(
      try builder.scalar(ScalarSet("+").union(ScalarSet("-"))),
      0,
      1
    )
    let exponent = try builder.newRule([
      [
        try builder.scalar(ScalarSet("e").union(ScalarSet("E"))), sign,
        try self.anyDigits(1, 2, &builder),
      ]
    ])
    return [
      [
        minus, .rule(whole), try builder.repetition(.rule(fraction), 0, 1),
        try builder.repetition(.rule(exponent), 0, 1),
      ]
    ]
  }

  /// Whole numbers in a range; nil is no limit.
  ///
  /// - Parameter most: the most digits, unless limits require more.
  static func integers(
    from low: WholeNumber?,
    to high: WholeNumber?,
    most: Int = maximumDigits,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [[Element]] {
    if let low, let high, high < low { return [] }
    var alternatives: [[Element]] = []
    if low.map(\.isNegative) != false {
      let first = high.flatMap { $0.isNegative ? $0.digits : nil } ?? [1]
      for group in try self.wholes(from: first, to: low?.digits, most: most, &builder) {
        alternatives.append([.byte(UInt8(ascii: "-"))] + group.sequence)
      }
    }
    if high.map({ !$0.isNegative }) != false {
      let first = low.flatMap { $0.isNegative ? nil : $0.digits } ?? []
      alternatives += try self.wholes(from: first, to: high?.digits, most: most, &builder)
        .map(\.sequence)
    }
    return alternatives
  }

  /// The digits of the whole numbers in a range, by count. 0 has no digits.
  static func wholes(
    from low: [UInt8],
    to high: [UInt8]?,
    most: Int = maximumDigits,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [(sequence: [Element], count: Int)] {
    var groups: [(sequence: [Element], count: Int)] = []
    if let high, high.precedes(low) { return [] }
    if low.isEmpty { groups.append(([.byte(UInt8(ascii: "0"))], 1)) }
    let most = max(most, low.count)
    for count in max(1, low.count) ... max(most, 1) {
      if let high, count > high.count { break }
      let first = count == low.count ? low : [1] + Array(repeating: 0, count: count - 1)
      let last = count == high?.count ? high ?? [] : Array(repeating: 9, count: count)
      groups.append((try self.range(first, last, &builder), count))
    }
    return groups
  }

  /// The digits between two bounds of the same length.
  private static func range(
    _ low: [UInt8],
    _ high: [UInt8],
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [Element] {
    let count = low.count
    let same = zip(low, high).prefix { $0 == $1 }.count
    let start = low[..<same].map { Element.byte($0 + 48) }
    if same == count { return start }
    var lowTail: [Element] = []
    var highTail: [Element] = []
    // When all further digits are free, no more rules are needed.
    var (isLowFree, isHighFree) = (true, true)
    for index in ((same + 1) ..< count).reversed() {
      let rest = try self.anyDigits(count - index - 1, &builder)
      isLowFree = isLowFree && low[index] == 0
      isHighFree = isHighFree && high[index] == 9
      if isLowFree {
        lowTail = try self.anyDigits(count - index, &builder)
      } else {
        var alternatives = [[.byte(low[index] + 48)] + lowTail]
        if low[index] < 9 {
          alternatives.append([try self.digit(low[index] + 1, 9, &builder)] + rest)
        }
        lowTail = [.rule(try builder.newRule(alternatives))]
      }
      if isHighFree {
        highTail = try self.anyDigits(count - index, &builder)
      } else {
        var alternatives = [[.byte(high[index] + 48)] + highTail]
        if high[index] > 0 {
          alternatives.append([try self.digit(0, high[index] - 1, &builder)] + rest)
        }
        highTail = [.rule(try builder.newRule(alternatives))]
      }
    }
    let rest = try self.anyDigits(count - same - 1, &builder)
    // The first digits that differ, if all digits after them are free.
    let first = isLowFree ? low[same] : low[same] + 1
    let last = isHighFree ? high[same] : high[same] - 1
    var alternatives: [[Element]] = []
    if !isLowFree { alternatives.append([.byte(low[same] + 48)] + lowTail) }
    if !isHighFree { alternatives.append([.byte(high[same] + 48)] + highTail) }
    if first <= last { alternatives.append([try self.digit(first, last, &builder)] + rest) }
    if alternatives.count == 1 { return start + alternatives[0] }
    return start + [.rule(try builder.newRule(alternatives))]
  }

  private static func anyDigits(
    _ count: Int,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [Element] {
    count == 0 ? [] : [try self.anyDigits(count, count, &builder)]
  }

  static func digit(
    _ first: UInt8,
    _ last: UInt8,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> Element {
    try builder.scalar(ScalarSet([UInt32(first) + 48 ... UInt32(last) + 48]))
  }

  static func anyDigits(
    _ minimum: Int,
    _ maximum: Int,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> Element {
    try builder.repetition(try self.digit(0, 9, &builder), minimum, maximum)
  }
}

/// Numbers with a fraction.
extension DigitRules {
  /// The numbers in a range; nil is no limit.
  ///
  /// - Parameter places: the most digits after the point.
  static func numbers(
    from low: NumberLimit?,
    to high: NumberLimit?,
    places: Int = maximumDigits,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [[Element]] {
    let zero = Decimal("0")
    var alternatives: [[Element]] = []
    if low.map({ $0.value < zero }) != false {
      let first = high.flatMap { $0.value < zero ? $0.negated : nil }
      for sequence in try self.magnitudes(
        from: first ?? NumberLimit(value: zero, isExclusive: true),
        to: low?.negated,
        places: places,
        &builder
      ) {
        alternatives.append([.byte(UInt8(ascii: "-"))] + sequence)
      }
    }
    if high.map({ $0.value >= zero }) != false {
      let first = low.flatMap { $0.value >= zero ? $0 : nil }
      alternatives += try self.magnitudes(
        from: first ?? NumberLimit(value: zero, isExclusive: false),
        to: high,
        places: places,
        &builder
      )
    }
    return alternatives
  }

  /// The numbers in a range that are at least 0.
  private static func magnitudes(
    from low: NumberLimit,
    to high: NumberLimit?,
    places: Int = maximumDigits,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [[Element]] {
    if let high, high.value < low.value { return [] }
    let (first, last) = (low.value.whole, high?.value.whole)
    let isLow = FractionLimit(digits: low.value.fraction, isExclusive: low.isExclusive)
    let isHigh = high.map {
      FractionLimit(digits: $0.value.fraction, isExclusive: $0.isExclusive)
    }
    if first == last {
      return try self.number(first, from: isLow, to: isHigh, places, &builder)
    }
    var alternatives = try self.number(first, from: isLow, to: nil, places, &builder)
    let next = WholeNumber(isNegative: false, digits: first).successor
    let end = last.map { WholeNumber(isNegative: false, digits: $0).predecessor.digits }
    for group in try self.wholes(from: next.digits, to: end, &builder) {
      alternatives.append(
        group.sequence + (try self.anyFraction(behind: group.count, places, &builder))
      )
    }
    let most = max(self.maximumDigits, first.count)
    if let last, last.count <= most {
      alternatives += try self.number(last, from: nil, to: isHigh, places, &builder)
    }
    return alternatives
  }

  private static func anyFraction(
    behind count: Int,
    _ places: Int,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [Element] {
    if count > self.maximumDigits { return [] }
    let digits = try self.anyDigits(1, max(1, min(self.maximumDigits - count, places)), &builder)
    let fraction = try builder.newRule([[.byte(UInt8(ascii: ".")), digits]])
    return [try builder.repetition(.rule(fraction), 0, 1)]
  }

  /// A whole part followed by a fraction within limits.
  private static func number(
    _ whole: [UInt8],
    from low: FractionLimit?,
    to high: FractionLimit?,
    _ places: Int,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> [[Element]] {
    let start = whole.isEmpty ? [Element.byte(48)] : whole.map { .byte($0 + 48) }
    // Reading more digits as a Double would change them.
    let most = min(self.maximumDigits - start.count, places)
    let kept = min(self.maximumDigits - 1 - start.count, places)
    var (low, high) = (low, high)
    if let limit = low, limit.digits.count > kept {
      guard kept > 0, let rounded = limit.roundedUp(to: kept) else { return [] }
      low = rounded
    }
    if let limit = high, limit.digits.count > kept {
      high = kept > 0 ? limit.roundedDown(to: kept) : FractionLimit(digits: [], isExclusive: false)
    }
    let ends = FractionEnds(low: low, high: high)
    var alternatives: [[Element]] = []
    if ends.mayEnd(at: 0, true, true) { alternatives.append(start) }
    if most > 0 {
      let digits = try self.fraction(ends, most: most, &builder)
      alternatives.append(start + [.byte(UInt8(ascii: ".")), .rule(digits)])
    }
    return alternatives
  }

  /// The digits after the point, at least one.
  private static func fraction(
    _ ends: FractionEnds,
    most: Int,
    _ builder: inout RuleBuilder
  ) throws(GrammarError) -> Int32 {
    /// The rest, when the digits so far equal those of one limit, the other, or both.
    var rests: [Int: [Element]] = [:]
    func key(_ isLow: Bool, _ isHigh: Bool) -> Int { (isLow ? 1 : 0) + (isHigh ? 2 : 0) }
    // Above an exclusive limit, many zeros may come before another digit.
    let digits = max(ends.low?.digits.count ?? 0, ends.high?.digits.count ?? 0)
    let depth = ends.low?.isExclusive == true ? most : min(most, digits + 1)
    let states = [(true, ends.high != nil), (true, false), (false, true)].filter {
      (!$0.0 || ends.low != nil) && (!$0.1 || ends.high != nil)
    }
    for index in (0 ..< depth).reversed() {
      var next: [Int: [Element]] = [:]
      let free = index + 1 < most ? [try self.anyDigits(0, most - index - 1, &builder)] : []
      for (isLow, isHigh) in states {
        let (first, last) = ends.digits(at: index, isLow, isHigh)
        guard first <= last else { continue }
        var alternatives: [[Element]] = []
        // The digits of the limits, and those between them, after which all digits are free.
        var (firstFree, lastFree) = (Int(first), Int(last))
        for digit in Set([first, last]) {
          let (staysLow, staysHigh) = (isLow && digit == first, isHigh && digit == last)
          guard staysLow || staysHigh else { continue }
          if digit == first { firstFree = max(firstFree, Int(digit) + 1) }
          if digit == last { lastFree = min(lastFree, Int(digit) - 1) }
          if index + 1 < depth {
            guard let rest = rests[key(staysLow, staysHigh)] else { continue }
            alternatives.append([.byte(digit + 48)] + rest)
          } else if ends.mayEnd(at: index + 1, staysLow, staysHigh) {
            alternatives.append([.byte(digit + 48)] + (staysHigh ? [] : free))
          }
        }
        if firstFree <= lastFree {
          let middle = try self.digit(UInt8(firstFree), UInt8(lastFree), &builder)
          alternatives.append([middle] + free)
        }
        if index > 0, ends.mayEnd(at: index, isLow, isHigh) { alternatives.append([]) }
        next[key(isLow, isHigh)] = [.rule(try builder.newRule(alternatives))]
      }
      rests = next
    }
    let start = key(ends.low != nil, ends.high != nil)
    if start == 0 { return try builder.newRule([[try self.anyDigits(1, most, &builder)]]) }
    return try builder.newRule(rests[start].map { [$0] } ?? [])
  }
}

/// What numbers must be multiples of: a whole number of units at some decimal place.
struct Factor: Hashable {
  var units: Int
  var places: Int

  static let maximumPlaces = 15

  /// - Returns: nil for values with more digits, and for too large ones.
  init?(_ value: Decimal) {
    let places = value.fraction.count
    guard places <= Self.maximumPlaces, let units = value.units(places: places), units > 0 else {
      return nil
    }
    (self.units, self.places) = (units, places)
  }

  /// - Returns: the least common multiple; nil when it is too large.
  func common(with other: Factor) -> Factor? {
    let places = max(self.places, other.places)
    guard let first = self.units(places: places), let second = other.units(places: places) else {
      return nil
    }
    var (a, b) = (first, second)
    while b != 0 { (a, b) = (b, a % b) }
    let (product, isTooLarge) = (first / a).multipliedReportingOverflow(by: second)
    guard !isTooLarge else { return nil }
    var result = self
    (result.units, result.places) = (product, places)
    while result.places > 0, result.units % 10 == 0 {
      result.units /= 10
      result.places -= 1
    }
    return result
  }

  func divides(_ number: Decimal) -> Bool? {
    let places = max(self.places, number.fraction.count)
    guard let units = number.units(places: places), let own = self.units(places: places) else {
      return nil
    }
    return units % own == 0
  }

  private func units(places: Int) -> Int? {
    var units = self.units
    for _ in self.places ..< places {
      let (product, isTooLarge) = units.multipliedReportingOverflow(by: 10)
      if isTooLarge { return nil }
      units = product
    }
    return units
  }
}

/// A limit of a number.
struct NumberLimit {
  var value: Decimal
  var isExclusive: Bool

  /// The same for equal limits.
  var key: String { "\(self.value.canonical)\(self.isExclusive ? "!" : "")" }

  var negated: NumberLimit { NumberLimit(value: self.value.negated, isExclusive: self.isExclusive) }
}

/// A limit of the digits after the point.
private struct FractionLimit {
  var digits: [UInt8]
  var isExclusive: Bool

  /// - Returns: nil when the result is 1.
  func roundedUp(to count: Int) -> FractionLimit? {
    var digits = Array(self.digits.prefix(count))
    while digits.last == 9 { digits.removeLast() }
    guard let last = digits.indices.last else { return nil }
    digits[last] += 1
    return FractionLimit(digits: digits, isExclusive: false)
  }

  func roundedDown(to count: Int) -> FractionLimit {
    FractionLimit(digits: Array(self.digits.prefix(count)), isExclusive: false)
  }
}

/// The limits of the digits after the point; nil is none.
private struct FractionEnds {
  var low: FractionLimit?
  var high: FractionLimit?

  /// - Parameter isLow: whether the digits so far equal those of the lower limit; `isHigh`
  ///   likewise.
  func mayEnd(at index: Int, _ isLow: Bool, _ isHigh: Bool) -> Bool {
    if isLow, let low, index < low.digits.count || low.isExclusive { return false }
    if isHigh, let high, index >= high.digits.count, high.isExclusive { return false }
    return true
  }

  func digits(at index: Int, _ isLow: Bool, _ isHigh: Bool) -> (first: UInt8, last: UInt8) {
    func digit(_ digits: [UInt8]) -> UInt8 { index < digits.count ? digits[index] : 0 }
    return (
      isLow ? self.low.map { digit($0.digits) } ?? 0 : 0,
      isHigh ? self.high.map { digit($0.digits) } ?? 9 : 9
    )
  }
}

/// A whole number of any size.
struct WholeNumber: Comparable {
  var isNegative: Bool
  /// Without leading zeros; none for 0.
  var digits: [UInt8]

  /// The smallest whole number within a lower limit.
  init(atLeast limit: NumberLimit) {
    self.init(isNegative: limit.value.isNegative, digits: limit.value.whole)
    if self.digits.isEmpty { self.isNegative = false }
    let isAbove = limit.value.isInteger ? !limit.isExclusive : limit.value.isNegative
    if !isAbove { self = self.successor }
  }

  /// The largest whole number within an upper limit.
  init(atMost limit: NumberLimit) {
    let negated = WholeNumber(atLeast: limit.negated)
    self.init(isNegative: !negated.isNegative && !negated.digits.isEmpty, digits: negated.digits)
  }

  init(isNegative: Bool, digits: [UInt8]) {
    self.isNegative = isNegative
    self.digits = digits
  }

  var successor: WholeNumber {
    self.isNegative ? self.smaller : self.larger
  }

  var predecessor: WholeNumber {
    if self.digits.isEmpty { return WholeNumber(isNegative: true, digits: [1]) }
    return self.isNegative ? self.larger : self.smaller
  }

  private var larger: WholeNumber {
    var digits = self.digits
    var index = digits.count - 1
    while index >= 0, digits[index] == 9 {
      digits[index] = 0
      index -= 1
    }
    if index >= 0 { digits[index] += 1 } else { digits.insert(1, at: 0) }
    return WholeNumber(isNegative: self.isNegative, digits: digits)
  }

  /// The next number nearer to 0, for a number that is not 0.
  private var smaller: WholeNumber {
    var digits = self.digits
    var index = digits.count - 1
    while index > 0, digits[index] == 0 {
      digits[index] = 9
      index -= 1
    }
    digits[index] -= 1
    digits = Array(digits.drop { $0 == 0 })
    return WholeNumber(isNegative: self.isNegative && !digits.isEmpty, digits: digits)
  }

  /// The value if it is small; otherwise nil.
  var integer: Int? {
    guard self.digits.count <= 17 else { return nil }
    let value = self.digits.reduce(0) { $0 * 10 + Int($1) }
    return self.isNegative ? -value : value
  }

  static func < (left: WholeNumber, right: WholeNumber) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative
      ? right.digits.precedes(left.digits) : left.digits.precedes(right.digits)
  }
}

extension [UInt8] {
  /// Whether these digits make a smaller whole number.
  fileprivate func precedes(_ other: [UInt8]) -> Bool {
    self.count != other.count ? self.count < other.count : self.lexicographicallyPrecedes(other)
  }
}
