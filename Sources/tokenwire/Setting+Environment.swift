import Foundation
import TokenwireServer

extension Setting {
  /// The value of its variable; nil when that is not set, or empty.
  var environmentValue: String? {
    ProcessInfo.processInfo.environment[self.variable].flatMap { $0.isEmpty ? nil : $0 }
  }
}
