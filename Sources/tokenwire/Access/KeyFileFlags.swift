import AccessTokens
import ArgumentParser
import Foundation

/// The files of keys and revocations, with the same names as the settings of `tokenwire serve`.
struct KeyFileFlags: ParsableArguments {
  @Option(
    name: .customLong(Settings.access.keyFile.flagName),
    help: "The keys. (default: $\(Settings.access.keyFile.variable))",
    completion: .file()
  )
  var givenKeyFile: String?

  /// - Throws: when neither the flag nor the variable names a file.
  var keyFile: String {
    get throws {
      guard let path = self.givenKeyFile ?? Settings.access.keyFile.environmentValue else {
        let setting = Settings.access.keyFile
        throw ValidationError("\(setting.flag) is missing, and \(setting.variable) is not set")
      }
      return path
    }
  }

  /// Reads the keys, and warns of ignored parts of the file.
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
    name: .customLong(Settings.access.revocationFile.flagName),
    help: "The revoked tokens. (default: the key file's name with .revoked behind it)",
    completion: .file()
  )
  var givenRevocationFile: String?

  /// Opens the file, or creates it.
  func revocations() throws -> RevocationStore {
    let path = try self.path
    do {
      return try RevocationStore(path: path)
    } catch {
      throw CommandFailure("The revocation file \(path) cannot be opened: \(error)")
    }
  }

  /// - Returns: nil if there is no file, and so no revocation.
  func revocationsIfAny() throws -> RevocationStore? {
    try FileManager.default.fileExists(atPath: self.path) ? try self.revocations() : nil
  }

  private var path: String {
    get throws {
      try self.givenRevocationFile ?? Settings.access.revocationFile.environmentValue
        ?? ServerConfiguration.Access.revocationFile(besides: self.keys.keyFile)
    }
  }
}
