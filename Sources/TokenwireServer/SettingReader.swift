internal import Configuration
internal import Identifiers

/// Reads settings, and says in its errors where they can be set.
struct SettingReader {
  private let reader: ConfigReader

  init(_ reader: ConfigReader) {
    self.reader = reader
  }

  func string(_ setting: Setting) throws -> String {
    do {
      return try self.reader.requiredString(forKey: setting.key)
    } catch {
      throw ConfigurationError("\(setting.everywhere) is missing, or is not text")
    }
  }

  /// Nil when the text is empty, which is the default of what need not be given.
  func optionalString(_ setting: Setting) throws -> String? {
    let text = try self.string(setting)
    return text.isEmpty ? nil : text
  }

  /// Several texts: an array in the file, elsewhere one with commas between them. At least one.
  func strings(_ setting: Setting) throws -> [String] {
    let strings: [String]
    if let text = try? self.reader.requiredString(forKey: setting.key) {
      strings = text.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
    } else {
      strings = (try? self.reader.requiredStringArray(forKey: setting.key)) ?? []
    }
    guard !strings.isEmpty, strings.allSatisfy({ !$0.isEmpty }) else {
      throw ConfigurationError("\(setting.everywhere) is missing, or is not text")
    }
    return strings
  }

  func bool(_ setting: Setting) throws -> Bool {
    do {
      return try self.reader.requiredBool(forKey: setting.key)
    } catch {
      throw ConfigurationError("\(setting.everywhere) must be true or false")
    }
  }

  func number(_ setting: Setting, in range: ClosedRange<Int>) throws -> Int {
    let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let number: Int
    do {
      number = try self.reader.requiredInt(forKey: setting.key)
    } catch {
      throw ConfigurationError("\(setting.everywhere) must be \(allowed)")
    }
    guard range.contains(number) else { throw ConfigurationError(setting, number, allowed) }
    return number
  }

  /// A time, in seconds or with its unit; only some settings may be zero.
  func time(_ setting: Setting, mayBeZero: Bool = false) throws -> Duration {
    let kind = mayBeZero ? "a time" : "a time above zero"
    return try self.value(setting, "\(kind), such as \"20ms\", \"5\" (seconds) or \"1m\"") { text in
      guard let time = Duration(setting: text), mayBeZero || time > .zero else { return nil }
      return time
    }
  }

  /// A number of bytes from `minimum` to `limit`, with or without a unit.
  func size(
    _ setting: Setting,
    from minimum: Int = 1,
    upTo limit: Int,
    _ limitText: String
  ) throws -> Int {
    let allowed =
      "a size from \(minimum) to \(limitText), such as \"4096\", \"64KiB\" or \"1MiB\""
    return try self.value(setting, allowed) { text in
      guard let size = Int(sizeSetting: text), minimum ... limit ~= size else { return nil }
      return size
    }
  }

  func value<Value>(
    _ setting: Setting,
    _ allowed: String,
    _ parse: (String) -> Value?
  ) throws -> Value {
    let text = try self.string(setting)
    guard let value = parse(text) else {
      throw ConfigurationError(setting, "\"\(text)\"", allowed)
    }
    return value
  }
}

extension Duration {
  /// Reads a number, with a fraction or without, and a unit: "ns", "us", "ms", "s", "m", "h" or "d".
  /// A number alone is in seconds.
  public init?(setting text: String) {
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

extension String {
  /// The whole number that the text begins with, of at most twelve digits, and the unit behind it.
  fileprivate var splitNumber: (number: Int, unit: Identifier)? {
    let digits = self.prefix { $0.isASCII && $0.isNumber }
    guard digits.count <= 12, let number = Int(digits) else { return nil }
    return (number, Identifier(self.dropFirst(digits.count)))
  }
}
