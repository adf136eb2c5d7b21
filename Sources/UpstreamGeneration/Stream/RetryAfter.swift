internal import Foundation
internal import NIOHTTP1

/// Seconds since 1970.
typealias UnixSeconds = Int

/// When a server wants to be asked again: `retry-after-ms`, or `Retry-After` (RFC 9110 section
/// 10.2.3) as seconds or as a date.
struct RetryAfter {
  private static let longest = Duration.seconds(3600)

  /// At least 0, at most an hour.
  let duration: Duration

  /// - Returns: nil when the headers do not say it, or not so that it can be read.
  init?(_ headers: HTTPHeaders, now: UnixSeconds) {
    let wait: Duration
    if let text = headers.first(name: "retry-after-ms"), let milliseconds = Double(text),
      milliseconds.isFinite
    {
      wait = .milliseconds(min(max(0, milliseconds), 1e9))
    } else if let text = headers.first(name: "retry-after") {
      if let seconds = Double(text), seconds.isFinite {
        wait = .milliseconds(min(max(0, seconds * 1000), 1e9))
      } else if let date = Self.date(text) {
        wait = .seconds(max(0, date - now))
      } else {
        return nil
      }
    } else {
      return nil
    }
    self.duration = min(wait, Self.longest)
  }

  /// A date such as "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
  private static func date(_ text: String) -> UnixSeconds? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: text).map { Int($0.timeIntervalSince1970) }
  }
}
