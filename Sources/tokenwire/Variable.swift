import Foundation
import Identifiers

/// The environment variables of commands, besides those of a server's settings.
enum Variable: String, CaseIterable {
  case token = "TOKENWIRE_TOKEN"
  case server = "TOKENWIRE_SERVER"
  case configuration = "TOKENWIRE_CONFIG"

  /// The value; nil if it is not set, or empty.
  var value: String? {
    Environment.value(of: self.rawValue).flatMap { $0.isEmpty ? nil : $0 }
  }

  private static let prefix = "TOKENWIRE_"

  /// Warns of variables whose names are nearly those of known ones.
  static func warnOfMisspelt() {
    let settings = Settings.all + LambdaSettings.settings
    let known = (Self.allCases.map(\.rawValue) + settings.map(\.variable))
      .map { String($0.dropFirst(self.prefix.count)) }
    let given = ProcessInfo.processInfo.environment.keys.filter {
      $0.utf8.starts(with: self.prefix.utf8)
    }
    for name in given.map({ String($0.dropFirst(self.prefix.count)) }).sorted() {
      guard let meant = name.mostSimilar(of: known), Identifier(meant) != Identifier(name) else {
        continue
      }
      StandardOutput.writeNote(
        "Warning: \(self.prefix)\(name) is not read: did you mean \(self.prefix)\(meant)?\n"
      )
    }
  }
}
