import AccessTokens
import ArgumentParser
import Foundation
import Identifiers

/// Manages the keys that sign access tokens.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make and rotate the keys that sign access tokens.",
    subcommands: [New.self, Rotate.self, List.self]
  )

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key file with one key, which only its owner can read."
    )

    @OptionGroup
    var keys: KeyFileFlags

    @Option(
      help: "HS256, HS384 or HS512. (default: HS256)",
      transform: HMACAlgorithm.init(flag:)
    )
    var algorithm: HMACAlgorithm?

    @Option(
      help: "For how long the key verifies, such as 90d. (default: for ever)",
      transform: Lifetime.init(flag:)
    )
    var validFor: Lifetime?

    func run() throws {
      let path = try self.keys.keyFile
      let keys = try KeyRing.create(
        path: path,
        algorithm: self.algorithm ?? .hs256,
        notAfter: self.validFor?.end
      )
      for key in keys.keys { StandardOutput.write(key.line + "\n") }
    }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a key, which signs from now on.",
      discussion: """
        The previous signing key still verifies for --overlap, and is removed later. A server reads the \
        new keys at SIGHUP.
        """
    )

    @OptionGroup
    var keys: KeyFileFlags

    @Option(
      help: "HS256, HS384 or HS512. (default: that of the previous key)",
      transform: HMACAlgorithm.init(flag:)
    )
    var algorithm: HMACAlgorithm?

    @Option(
      help: "For how long the new key verifies, such as 90d. (default: for ever)",
      transform: Lifetime.init(flag:)
    )
    var validFor: Lifetime?

    @Option(
      help: """
        For how long the old key still verifies: at least as long as its tokens. (default: 30d)
        """,
      transform: Lifetime.init(flag:)
    )
    var overlap = Lifetime(duration: .seconds(30 * 86_400))

    func run() throws {
      let keys = try self.keys.keyRing()
      try keys.rotate(
        to: self.algorithm,
        notAfter: self.validFor?.end,
        overlap: self.overlap.duration
      )
      for key in keys.keys { StandardOutput.write(key.line + "\n") }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the keys, without their secrets."
    )

    @OptionGroup
    var keys: KeyFileFlags

    func run() throws {
      for key in try self.keys.keyRing().keys { StandardOutput.write(key.line + "\n") }
    }
  }
}

extension TokenKey {
  /// The key in one line, without its secret.
  fileprivate var line: String {
    let role = self.isSigning ? "signs, verifies" : "verifies"
    let use =
      switch self.notAfter {
      case nil: "\(role) for ever"
      case let end? where end > .now: "\(role) until \(end.text)"
      case let end?: "expired \(end.text)" + (self.isSigning ? ", no longer signs" : "")
      }
    return "\(self.id)  \(self.algorithm.rawValue)  made \(self.created.text)  \(use)"
  }
}

extension HMACAlgorithm {
  fileprivate init(flag text: String) throws {
    let name = Identifier(text).lowercasedASCII
    let known = HMACAlgorithm.allCases
    guard
      let algorithm = known.first(where: { Identifier($0.rawValue).lowercasedASCII == name })
    else {
      throw ValidationError("\"\(text)\" is not HS256, HS384 or HS512")
    }
    self = algorithm
  }
}
