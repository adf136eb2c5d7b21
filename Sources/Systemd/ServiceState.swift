public import Identifiers

/// What a service tells its manager: an assignment of sd_notify(3).
public enum ServiceState: Hashable, Sendable {
  /// The service has started: what waits for it may begin.
  case ready
  /// It has begun to stop.
  case stopping
  /// What it does may take this time from now, however short the manager's own timeout is.
  case needs(Duration)
  /// It is alive; due within each interval of the watchdog.
  case watchdog
  /// What it does, for people: one line that `systemctl status` shows.
  case status(Identifier)

  /// A year, in microseconds: as good as for ever, and no number overflows.
  private static let longest = 365.0 * 24 * 3600 * 1_000_000

  /// The line of the message.
  var assignment: String {
    switch self {
    case .ready: "READY=1"
    case .stopping: "STOPPING=1"
    case .needs(let time):
      "EXTEND_TIMEOUT_USEC=\(Int64(min(time / .microseconds(1), Self.longest)))"
    case .watchdog: "WATCHDOG=1"
    // A line break would end the assignment, and begin one of the text's choice.
    case .status(let text):
      "STATUS=" + text.text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
  }
}
