import Foundation
import Identifiers

/// The process's environment variables, by the bytes of their names: in Foundation's `Dictionary` a
/// Kelvin sign equals "K".
enum Environment {
  /// The value of a variable; nil if it is not set.
  static func value(of name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The variables of settings that are set.
  static var settings: [Identifier: String] { self.values(of: Settings.all) }

  /// The variables of some settings that are set.
  static func values(of settings: [any DeclaredSetting]) -> [Identifier: String] {
    settings.reduce(into: [:]) { settings, setting in
      settings[Identifier(setting.variable)] = self.value(of: setting.variable)
    }
  }
}

extension DeclaredSetting {
  /// The value of its variable; nil when that is not set, or empty.
  var environmentValue: String? {
    Environment.value(of: self.variable).flatMap { $0.isEmpty ? nil : $0 }
  }
}
