import ArgumentParser
import Foundation
import Identifiers

/// The access token of a command's calls.
struct TokenFlags: ParsableArguments {
  @Option(
    help: """
      The access token to call with; other users of this machine can see flags, but not variables. \
      (default: $TOKENWIRE_TOKEN)
      """
  )
  var token: String?

  /// The access token; nil if there is none.
  ///
  /// - Throws: when the given value cannot be an access token.
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
  /// An access token without what copying or a file adds: line ends, spaces and a byte-order mark
  /// around it, and the scheme's name.
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
