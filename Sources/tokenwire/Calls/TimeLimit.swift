import ArgumentParser

/// A time limit in a flag: "5", "5s", "1m", or "inf".
struct TimeLimit: CustomStringConvertible {
  /// Nil is no limit.
  let duration: Duration?

  /// Longer times are no limit.
  private static let longest = Duration.seconds(100 * 365 * 86_400)

  init(duration: Duration?) {
    self.duration = duration
  }

  init(flag text: String) throws {
    // Also numbers such as 1e3.
    let seconds = Double(text).flatMap { $0 > 0 ? $0 : nil }
    if let seconds, seconds >= Self.longest / .seconds(1) {
      self.duration = nil
    } else if let duration = Duration(setting: text) ?? seconds.map({ .seconds($0) }),
      duration > .zero
    {
      self.duration = duration > Self.longest ? nil : duration
    } else {
      throw ValidationError("must be a time above zero, such as 5 (seconds), 500ms or 1m, or inf")
    }
  }

  var description: String {
    self.duration.map { Lifetime(duration: $0).description } ?? "inf"
  }
}
