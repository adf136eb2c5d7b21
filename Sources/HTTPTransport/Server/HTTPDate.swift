internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The time in the form of the header field `Date` (RFC 9110 section 5.6.7).
enum HTTPDate {
  private static let latest = Mutex<(second: Int, text: String)>((.min, ""))

  /// The present time, such as "Sun, 06 Nov 1994 08:49:37 GMT".
  static var now: String {
    let second = time(nil)
    return self.latest.withLock { latest in
      if latest.second != second { latest = (second, self.text(second)) }
      return latest.text
    }
  }

  /// - Parameter second: since 1970-01-01T00:00:00Z.
  static func text(_ second: Int) -> String {
    var (second, parts) = (second, tm())
    gmtime_r(&second, &parts)
    let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(parts.tm_wday)]
    let month = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ][Int(parts.tm_mon)]
    func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":")
    return "\(day), \(twoDigits(parts.tm_mday)) \(month) \(1900 + parts.tm_year) \(clock) GMT"
  }
}
