import Identifiers
import Logging

/// What generates the text, and what the log of the process has in it.
struct GeneralSettings: SettingGroup {
  static let title = "General"

  let generator = Setting(
    "generator",
    .parsed("\"llama\", \"scripted\" or \"recording:FILE\"") { GeneratorName($0) },
    default: "llama",
    """
    llama; or scripted, a server that needs no model; or recording:FILE, which plays the answers of a \
    recording again.
    """
  )
  let scriptedText = Setting(
    "scriptedText",
    .text,
    default: .text("The quick brown fox jumps over the lazy dog. ", shownAs: "a sentence"),
    needs: .scriptedGenerator,
    "The text that the scripted generator repeats; docs/generation.md has how it can call tools."
  )
  let scriptedPace = Setting(
    "scriptedPace",
    .timeOrZero,
    default: "0ms",
    needs: .scriptedGenerator,
    "The time from one of its tokens to the next, such as 20ms."
  )
  let logLevel = Setting(
    "logLevel",
    .word(of: Logger.Level.self),
    default: "info",
    "trace, debug, info, notice, warning, error or critical."
  )
  let accessLog = Setting(
    "accessLog",
    .toggle,
    default: "false",
    """
    Write a line for each call, at the log level info: its method, caller, status, time and tokens, \
    and nothing of what was asked or answered.
    """
  )
  let metricsListen = Setting(
    "metricsListen",
    .address,
    default: .absent(),
    """
    Serve metrics at /metrics of this address, in Prometheus's text format, and /health beside them, \
    without TLS and access tokens: choose one that only your monitoring reaches.
    """
  )
}

/// A generator that a server can have.
enum GeneratorName: Sendable {
  case llama
  case scripted
  case recording(path: String)

  private static let recordingPrefix = "recording:"

  /// Nil for a text that names none.
  init?(_ text: String) {
    switch Identifier(text) {
    case "llama": self = .llama
    case "scripted": self = .scripted
    case let other where other.utf8.starts(with: Self.recordingPrefix.utf8):
      let path = other.utf8.dropFirst(Self.recordingPrefix.utf8.count)
      self = .recording(path: String(Substring(path)))
    default: return nil
    }
  }
}
