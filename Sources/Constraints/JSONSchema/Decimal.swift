/// A JSON number (RFC 8259 section 6), exactly as written.
struct Decimal: Hashable {
  /// As it was written.
  private(set) var text: String
  private(set) var isNegative: Bool
  /// The digits before the point, without leading zeros: none for 0.
  let whole: [UInt8]
  /// The digits after the point, without trailing zeros.
  let fraction: [UInt8]

  /// - Parameter text: a JSON number that is finite as a Double.
  init(_ text: String) {
    self.text = text
    var rest = Array(text.utf8)[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    func digits() -> [UInt8] {
      let digits = rest.prefix { $0.isDecimalDigit }
      rest = rest.dropFirst(digits.count)
      return digits.map { $0 - 48 }
    }
    var whole = digits()
    var fraction: [UInt8] = []
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = digits()
    }
    var exponent = 0
    if !rest.isEmpty {
      rest.removeFirst()
      let isBack = rest.first == UInt8(ascii: "-")
      if rest.first.map({ !$0.isDecimalDigit }) == true { rest.removeFirst() }
      // Bounded: a finite number has no more digits than its text and these.
      exponent = digits().reduce(0) { min($0 * 10 + Int($1), 1_000_000) } * (isBack ? -1 : 1)
    }
    if whole.allSatisfy({ $0 == 0 }), fraction.allSatisfy({ $0 == 0 }) {
      exponent = 0
    }
    // Below this, the only Double is 0.
    exponent = max(exponent, -2_000)
    if exponent > 0 {
      fraction += Array(repeating: 0, count: max(0, exponent - fraction.count))
      whole += fraction.prefix(exponent)
      fraction.removeFirst(exponent)
    } else if exponent < 0 {
      whole = Array(repeating: 0, count: max(0, -exponent - whole.count)) + whole
      fraction = whole.suffix(-exponent) + fraction
      whole.removeLast(-exponent)
    }
    self.whole = Array(whole.drop { $0 == 0 })
    while fraction.last == 0 { fraction.removeLast() }
    self.fraction = fraction
    self.isNegative = isNegative && !(self.whole.isEmpty && fraction.isEmpty)
  }

  init(_ integer: Int) { self.init("\(integer)") }

  var isInteger: Bool { self.fraction.isEmpty }

  var isZero: Bool { self.whole.isEmpty && self.fraction.isEmpty }

  /// The value if it is a small whole number; otherwise nil.
  var integer: Int? {
    guard self.isInteger, self.whole.count <= 18 else { return nil }
    let value = self.whole.reduce(0) { $0 * 10 + Int($1) }
    return self.isNegative ? -value : value
  }

  /// The value in units of the last of `places` digits after the point; nil when it has more
  /// digits, or is too large.
  func units(places: Int) -> Int? {
    guard self.fraction.count <= places, self.whole.count + places <= 18 else { return nil }
    let zeros = Array(repeating: UInt8(0), count: places - self.fraction.count)
    let value = (self.whole + self.fraction + zeros).reduce(0) { $0 * 10 + Int($1) }
    return self.isNegative ? -value : value
  }

  /// The same text for all ways to write the number.
  var canonical: String {
    func text(_ digits: [UInt8]) -> String {
      String(decoding: digits.map { $0 + 48 }, as: UTF8.self)
    }
    return (self.isNegative ? "-" : "") + text(self.whole) + "." + text(self.fraction)
  }

  var negated: Decimal {
    var negated = self
    negated.text =
      self.text.utf8.first == UInt8(ascii: "-") ? String(self.text.dropFirst()) : "-" + self.text
    negated.isNegative = !self.isNegative && !self.isZero
    return negated
  }

  static func == (left: Decimal, right: Decimal) -> Bool {
    left.isNegative == right.isNegative && left.whole == right.whole
      && left.fraction == right.fraction
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(self.isNegative)
    hasher.combine(self.whole)
    hasher.combine(self.fraction)
  }
}

extension Decimal: Comparable {
  static func < (left: Decimal, right: Decimal) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    let (small, large) = left.isNegative ? (right, left) : (left, right)
    if small.whole.count != large.whole.count { return small.whole.count < large.whole.count }
    if small.whole != large.whole { return small.whole.lexicographicallyPrecedes(large.whole) }
    return small.fraction.lexicographicallyPrecedes(large.fraction)
  }
}

extension UInt8 {
  fileprivate var isDecimalDigit: Bool { 48 ... 57 ~= self }
}
