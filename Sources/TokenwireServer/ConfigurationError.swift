/// A setting that cannot be used.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  /// One sentence that names the setting, its value and what is allowed.
  public let message: String

  public var description: String { self.message }

  init(_ message: String) {
    self.message = message
  }

  init(_ setting: Setting, _ value: some Any, _ allowed: String) {
    self.init("\(setting.everywhere) is \(value), but must be \(allowed)")
  }
}
