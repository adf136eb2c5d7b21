import ArgumentParser
import Foundation
import Identifiers

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
  ///
  /// - Throws: when what is given is none.
  var value: String? {
    get throws {
      if let token { return try Self.token(in: token, of: "--token") }
      return try Variable.token.value.map { try Self.token(in: $0, of: Variable.token.rawValue) }
    }
  }

  private static func token(in text: String, of source: String) throws -> String {
    let token = text.trimmedToken
    guard !token.isEmpty else { throw ValidationError("\(source) is empty") }
    guard token.utf8.allSatisfy({ 0x21 ... 0x7E ~= $0 }) else {
      throw ValidationError(
        """
        \(source) is no token: it has blanks or other characters in it that no token has; give what \
        tokenwire token issue prints
        """
      )
    }
    return token
  }
}

extension String {
  /// A token without what comes with it when it is copied, or read from a file: line ends, blanks and
  /// a byte-order mark around it, and the name of its scheme.
  var trimmedToken: String {
    let around = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "\u{FEFF}"))
    let text = self.trimmingCharacters(in: around)
    let scheme = "bearer "
    let given = Identifier(text).lowercasedASCII
    guard given.utf8.starts(with: scheme.utf8) else { return text }
    return String(decoding: text.utf8.dropFirst(scheme.utf8.count), as: UTF8.self)
      .trimmingCharacters(in: around)
  }
}
