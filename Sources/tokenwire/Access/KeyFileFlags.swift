import AccessTokens
import ArgumentParser
import Foundation
import PostgresRequestLog
import PostgresSharedState

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

  @Option(
    name: .customLong(Settings.log.logStore.flagName),
    help: ArgumentHelp(
      """
      The log of servers that share one in PostgreSQL, and their revocations with it. \
      (default: $\(Settings.log.logStore.variable))
      """,
      valueName: Settings.log.logStore.flagName
    )
  )
  var givenLogStore: String?

  /// Opens the database or the file, or creates it.
  func revocations() throws -> RevocationStore {
    if let database = try self.database { return try Self.open(database) }
    return try self.openFile()
  }

  /// The database, and the file if there is one: servers look at both.
  func allRevocations() throws -> [RevocationStore] {
    var stores: [RevocationStore] = []
    if let database = try self.database { stores.append(try Self.open(database)) }
    if FileManager.default.fileExists(atPath: try self.path) { stores.append(try self.openFile()) }
    return stores
  }

  /// Nil when revocations are in a file.
  private var database: PostgresLogStore.Place? {
    get throws {
      let setting = Settings.log.logStore
      if let given = self.givenLogStore {
        guard self.givenRevocationFile == nil else {
          throw ValidationError(
            "\(setting.flag) and \(Settings.access.revocationFile.flag) are both given: give one"
          )
        }
        guard let database = try LogStoreFlags.place(given, isFlag: true).database?.postgreSQL
        else {
          throw ValidationError(
            "\(setting.flag) is not PostgreSQL: revocations are shared in PostgreSQL alone"
          )
        }
        return database
      }
      guard self.givenRevocationFile == nil, let text = setting.environmentValue else { return nil }
      return try LogStoreFlags.place(text, isFlag: false).database?.postgreSQL
    }
  }

  private static func open(_ database: PostgresLogStore.Place) throws -> RevocationStore {
    do {
      return try RevocationStore(sharedIn: database.parameters, logger: .silent)
    } catch {
      throw CommandFailure("\(database): \(error)")
    }
  }

  private func openFile() throws -> RevocationStore {
    let path = try self.path
    do {
      return try RevocationStore(path: path)
    } catch {
      throw CommandFailure("The revocation file \(path) cannot be opened: \(error)")
    }
  }

  private var path: String {
    get throws {
      try self.givenRevocationFile ?? Settings.access.revocationFile.environmentValue
        ?? ServerConfiguration.Access.revocationFile(besides: self.keys.keyFile)
    }
  }
}
