import AccessTokens
import ArgumentParser
import Foundation

/// A duration above zero in a flag: "90s", "15m", "1h" or "30d".
struct Lifetime: CustomStringConvertible {
  var duration: Duration

  var end: NumericDate { .now + self.duration }

  init(duration: Duration) {
    self.duration = duration
  }

  init(flag text: String) throws {
    guard let duration = Duration(setting: text), duration > .zero else {
      throw ValidationError("must be a time above zero, such as 90s (or 90), 15m, 1h or 30d")
    }
    self.duration = duration
  }

  var description: String {
    let seconds = Int(self.duration / .seconds(1))
    return switch seconds {
    case ..<60: "\(seconds)s"
    case ..<3600: "\(seconds / 60)m"
    case ..<86_400: "\(seconds / 3600)h"
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
