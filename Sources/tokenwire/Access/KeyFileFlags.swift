import AccessTokens
import ArgumentParser
import Foundation
import TokenwireServer

/// Where keys and revocations are kept: the same names as the settings of `tokenwire serve`.
struct KeyFileFlags: ParsableArguments {
  @Option(
    name: .customLong("key-file"),
    help: "The keys. (default: $TOKENWIRE_KEY_FILE)",
    completion: .file()
  )
  var givenKeyFile: String?

  /// - Throws: when neither the flag nor the variable names a file.
  var keyFile: String {
    get throws {
      guard let path = self.givenKeyFile ?? Setting.keyFile.environmentValue else {
        throw ValidationError("--key-file is missing, and \(Setting.keyFile.variable) is not set")
      }
      return path
    }
  }

  /// Reads the keys, and tells what in their file is ignored.
  func keyRing() throws -> KeyRing {
    let path = try self.keyFile
    let keys = try KeyRing(path: path)
    for notice in keys.notices { StandardOutput.writeNote("Warning: \(notice)\n") }
    return keys
  }
}

/// Where revocations are kept.
struct RevocationFileFlags: ParsableArguments {
  @OptionGroup
  var keys: KeyFileFlags

  @Option(
    name: .customLong("revocation-file"),
    help: "The revoked tokens. (default: the key file's name with .revoked behind it)",
    completion: .file()
  )
  var givenRevocationFile: String?

  /// Opens the file, or makes it.
  func revocations() throws -> RevocationStore {
    let path = try self.path
    do {
      return try RevocationStore(path: path)
    } catch {
      throw CommandFailure("The revocation file \(path) cannot be opened: \(error)")
    }
  }

  /// - Returns: nil when the file is not there: nothing has been revoked.
  func revocationsIfAny() throws -> RevocationStore? {
    try FileManager.default.fileExists(atPath: self.path) ? try self.revocations() : nil
  }

  private var path: String {
    get throws {
      try self.givenRevocationFile ?? Setting.revocationFile.environmentValue
        ?? ServerConfiguration.Access.revocationFile(besides: self.keys.keyFile)
    }
  }
}
