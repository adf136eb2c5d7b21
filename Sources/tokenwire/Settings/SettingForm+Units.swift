import Identifiers

extension SettingForm where Value == Duration {
  /// A time above zero, in seconds or with its unit.
  static var time: Self {
    Self.time("a time above zero") { $0 > .zero }
  }

  static var timeOrZero: Self { Self.time("a time") { _ in true } }

  /// A long time with its unit, or zero. Seconds are not assumed: 90 may be meant as days.
  static var timeWithUnitOrZero: Self {
    .parsed("\"0\", or a time with its unit, such as \"90d\" or \"12h\"") { text in
      guard let time = Duration(setting: text) else { return nil }
      return time == .zero || text.last?.isLetter == true ? time : nil
    }
  }

  private static func time(
    _ kind: String,
    _ isAllowed: @escaping @Sendable (Duration) -> Bool
  ) -> Self {
    let allowed = "\(kind), such as \"20ms\", \"5\" (seconds) or \"1m\""
    return .parsed(allowed, documentation: kind) { text in
      Duration(setting: text).flatMap { isAllowed($0) ? $0 : nil }
    }
  }

  /// - Parameter limit: in seconds.
  static func time(upTo limit: Int) -> Self {
    let kind = "a time of at most \(limit)s"
    return .parsed("\(kind), such as \"\(limit / 2)s\"", documentation: kind) { text in
      Duration(setting: text).flatMap { $0 <= .seconds(limit) ? $0 : nil }
    }
  }
}

extension SettingForm where Value == Int {
  /// A number of bytes, with or without a unit.
  static func size(_ range: ClosedRange<Int>) -> Self {
    let kind = "a size from \(range.lowerBound.sizeSetting) to \(range.upperBound.sizeSetting)"
    let allowed = "\(kind), such as \"4096\", \"64KiB\" or \"1MiB\""
    return .parsed(allowed, documentation: kind) { text in
      Int(sizeSetting: text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// A number of bytes, or 0.
  static func sizeOrZero(_ range: ClosedRange<Int>) -> Self {
    let bounds = "from \(range.lowerBound.sizeSetting) to \(range.upperBound.sizeSetting)"
    return .parsed("\"0\", or a size \(bounds)") { text in
      Int(sizeSetting: text).flatMap { $0 == 0 || range.contains($0) ? $0 : nil }
    }
  }
}

extension Duration {
  /// Reads a number, with a fraction or without, and a unit: "ns", "us", "ms", "s", "m", "h" or "d".
  /// A number alone is in seconds.
  init?(setting text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    // In nanoseconds.
    let unit: Int128
    switch text.dropFirst(number.count) {
    case "ns": unit = 1
    case "us": unit = 1_000
    case "ms": unit = 1_000_000
    case "s", "": unit = 1_000_000_000
    case "m": unit = 60_000_000_000
    case "h": unit = 3_600_000_000_000
    case "d": unit = 86_400_000_000_000
    default: return nil
    }
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : "0"
    guard parts[0].count <= 12, let whole = Int128(parts[0]), fraction.count <= 9,
      let numerator = Int128(fraction)
    else { return nil }
    let denominator = fraction.reduce(Int128(1)) { power, _ in power * 10 }
    self = .nanoseconds(whole * unit + numerator * unit / denominator)
  }
}

extension Int {
  /// Reads a whole number of bytes, or of "KiB", "MiB" or "GiB".
  init?(sizeSetting text: String) {
    guard let (number, unit) = text.splitNumber else { return nil }
    let factor: Int
    switch unit {
    case "": factor = 1
    case "KiB": factor = 1 << 10
    case "MiB": factor = 1 << 20
    case "GiB": factor = 1 << 30
    default: return nil
    }
    let (size, isTooLarge) = number.multipliedReportingOverflow(by: factor)
    guard !isTooLarge else { return nil }
    self = size
  }
}

extension Int {
  /// A number of bytes as settings have it, in the largest unit of which it is a whole number.
  fileprivate var sizeSetting: String {
    for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    where self > 0 && self.isMultiple(of: factor) {
      return "\(self / factor)\(unit)"
    }
    return "\(self)"
  }
}

extension String {
  /// The whole number that the text begins with, of at most twelve digits, and the unit behind it.
  fileprivate var splitNumber: (number: Int, unit: Identifier)? {
    let digits = self.prefix { $0.isASCII && $0.isNumber }
    guard digits.count <= 12, let number = Int(digits) else { return nil }
    return (number, Identifier(self.dropFirst(digits.count)))
  }
}
