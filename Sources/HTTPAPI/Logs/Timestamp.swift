internal import Identifiers

/// A time as the log has it, and as RFC 3339 writes it.
struct Timestamp: Hashable {
  /// Since 1970-01-01T00:00:00Z.
  var microseconds: Int64

  init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Reads a time (RFC 3339 section 5.6), or a number of microseconds.
  ///
  /// - Returns: nil for other texts. Digits beyond microseconds are dropped; a leap second is the
  ///   second after it.
  init?(_ text: String) {
    if let number = Int64(text) {
      self.microseconds = number
      return
    }
    var rest = Array(text.utf8)[...]
    guard let year = rest.number(digits: 4), rest.take("-"),
      let month = rest.number(digits: 2), 1 ... 12 ~= month, rest.take("-"),
      let day = rest.number(digits: 2), 1 ... Self.days(in: month, of: year) ~= day,
      rest.take("T") || rest.take("t") || rest.take(" "),
      let hour = rest.number(digits: 2), hour < 24, rest.take(":"),
      let minute = rest.number(digits: 2), minute < 60, rest.take(":"),
      let second = rest.number(digits: 2), second <= 60,
      let fraction = rest.fraction(), let offset = rest.offset(), rest.isEmpty
    else { return nil }
    let minutes = (Self.day(year, month, day) * 24 + hour) * 60 + minute - offset
    self.microseconds = (minutes * 60 + second) * 1_000_000 + fraction
  }

  /// Such as "2026-11-29T12:41:56.000000Z".
  var text: String {
    let (seconds, fraction) = Self.divide(self.microseconds, by: 1_000_000)
    let (days, second) = Self.divide(seconds, by: 86_400)
    let (year, month, day) = Self.date(ofDay: days)
    let date = "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
    let time = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(2) }
    return "\(date)T\(time.joined(separator: ":")).\(fraction.padded(6))Z"
  }

  // MARK: The calendar
  // https://howardhinnant.github.io/date_algorithms.html: years begin in March, so that the day that
  // leap years have more is their last.

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    switch month {
    case 2: return isLeap ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }

  /// Since 1970-01-01.
  private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = Self.divide(year, by: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = Self.divide(day + 719_468, by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    return (
      yearOfEra + era * 400 + (month >= 10 ? 1 : 0), (month + 2) % 12 + 1,
      dayOfYear - (153 * month + 2) / 5 + 1
    )
  }

  /// With a remainder that is not negative.
  private static func divide(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension Int64 {
  fileprivate func padded(_ digits: Int) -> String {
    let text = String(self)
    return String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard self.first == UInt8(ascii: character) else { return false }
    self.removeFirst()
    return true
  }

  fileprivate mutating func digit() -> Int64? {
    guard let first, UInt8(ascii: "0") ... UInt8(ascii: "9") ~= first else { return nil }
    self.removeFirst()
    return Int64(first - UInt8(ascii: "0"))
  }

  fileprivate mutating func number(digits: Int) -> Int64? {
    var number: Int64 = 0
    for _ in 0 ..< digits {
      guard let digit = self.digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  /// In microseconds.
  fileprivate mutating func fraction() -> Int64? {
    guard self.take(".") else { return 0 }
    guard var fraction = self.digit() else { return nil }
    var digits = 1
    while let digit = self.digit() {
      if digits < 6 { fraction = fraction * 10 + digit }
      digits += 1
    }
    for _ in Swift.min(digits, 6) ..< 6 { fraction *= 10 }
    return fraction
  }

  /// In minutes.
  fileprivate mutating func offset() -> Int64? {
    if self.take("Z") || self.take("z") { return 0 }
    // A query has a plus sign as a space where the client did not encode it.
    let isNegative = self.take("-")
    guard isNegative || self.take("+") || self.take(" "),
      let hours = self.number(digits: 2), hours < 24, self.take(":"),
      let minutes = self.number(digits: 2), minutes < 60
    else { return nil }
    return (hours * 60 + minutes) * (isNegative ? -1 : 1)
  }
}
