/// A setting that cannot be used.
struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  /// One sentence that names the setting, its value and what is allowed.
  let message: String

  var description: String { self.message }

  init(_ message: String) {
    self.message = message
  }

  /// - Parameter value: the value, which the message shows unless it is a secret.
  init(_ setting: any DeclaredSetting, _ value: String, _ allowed: String) {
    let given = setting.isSecret ? "" : " is \(value), but"
    self.init("\(setting.everywhere)\(given) must be \(allowed)")
  }
}
