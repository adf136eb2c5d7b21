import AccessTokens
import ArgumentParser
import Foundation
import TokenwireServer

/// A time from now on, as flags have it: "90s", "15m", "1h" or "30d".
struct Lifetime: ExpressibleByArgument {
  var duration: Duration

  var end: NumericDate { .now + self.duration }

  init(duration: Duration) {
    self.duration = duration
  }

  init?(argument: String) {
    guard let duration = Duration(setting: argument), duration > .zero else { return nil }
    self.duration = duration
  }

  var defaultValueDescription: String {
    let seconds = Int(self.duration / .seconds(1))
    return switch seconds {
    case ..<60: "\(seconds)s"
    case ..<86_400: "\(seconds / 60)m"
    default: "\(seconds / 86_400)d"
    }
  }
}

extension NumericDate {
  /// In UTC, to the second, such as "2026-11-24T15:00:00Z".
  var text: String {
    Date(timeIntervalSince1970: self.secondsSinceEpoch).formatted(.iso8601)
  }
}
