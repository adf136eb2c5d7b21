import ArgumentParser
import Foundation

/// The token that a command calls with.
struct TokenFlags: ParsableArguments {
  @Option(
    help: """
      The access token to call with; other users of this machine see flags, but not variables. \
      (default: $TOKENWIRE_TOKEN)
      """
  )
  var token: String?

  /// Nil when there is none.
  var value: String? {
    if let token { return token }
    let variable = ProcessInfo.processInfo.environment["TOKENWIRE_TOKEN"]
    return variable == "" ? nil : variable
  }
}
