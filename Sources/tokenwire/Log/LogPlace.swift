import Foundation
import Identifiers

/// Where a log is kept.
enum LogPlace: Hashable, Sendable, CustomStringConvertible {
  /// The path of a file of SQLite.
  case file(Identifier)
  case database(LogDatabase)

  /// What a place may be, for error messages.
  static let allowed =
    #""sqlite:FILE", "postgresql://USER@HOST/DATABASE" or "mongodb://USER@HOST/DATABASE""#

  /// - Returns: nil when the text is neither a file nor a URL of a database.
  init?(_ text: String) {
    let sqlite = "sqlite:"
    if text.utf8.starts(with: sqlite.utf8) {
      let path = text.utf8.dropFirst(sqlite.utf8.count)
      if path.isEmpty { return nil }
      self = .file(Identifier(Substring(path)))
      return
    }
    guard let database = LogDatabase(text) else { return nil }
    self = .database(database)
  }

  /// Without a password.
  var description: String {
    switch self {
    case .file(let path): path.text
    case .database(let database): database.description
    }
  }

  /// The database, if it is one.
  var database: LogDatabase? {
    if case .database(let database) = self { database } else { nil }
  }

  var isDatabase: Bool { self.database != nil }

  private var hasPassword: Bool {
    self.database?.hasPassword ?? false
  }

  /// Refuses a password on the command line, which other users of the machine can read.
  ///
  /// - Parameters:
  ///   - text: the value of the flag, if it is given.
  ///   - flag: its name.
  static func checkFlag(
    _ text: String?,
    flag: String = Settings.log.logStore.flag
  ) throws(ConfigurationError) {
    guard let text, LogPlace(text)?.hasPassword == true else { return }
    let setting = Settings.log.logStore
    throw ConfigurationError(
      """
      \(flag) has a password in it, which everybody on this machine can read in the list of \
      processes: leave it out, and give it in the file of \
      \(Settings.log.logStorePasswordFile.flag), in \(setting.variable), or, for PostgreSQL, in \
      PGPASSWORD or the file that PGPASSFILE names
      """
    )
  }
}

extension LogPlace {
  /// The place that a server's settings name; nil when they name none.
  init?(_ settings: SettingReader) throws(ConfigurationError) {
    let log = Settings.log
    let place = try log.logStore.read(from: settings)
    let file = try log.logFile.read(from: settings).map { LogPlace.file(Identifier($0)) }
    if place != nil, file != nil {
      throw ConfigurationError(
        "\(log.logStore.everywhere) and \(log.logFile.flag) are both given: give one"
      )
    }
    guard var place = place ?? file else { return nil }
    try place.addPassword(from: log.logStorePasswordFile.read(from: settings))
    self = place
  }

  /// Reads the password of a database from a file, if one is named.
  mutating func addPassword(from file: String?) throws(ConfigurationError) {
    guard let file, case .database(var database) = self else { return }
    let bytes: Data
    do {
      bytes = try InputText.bytes(ofFile: file)
    } catch {
      throw ConfigurationError(
        "\(Settings.log.logStorePasswordFile.everywhere): \(file) cannot be read: \(error)"
      )
    }
    // Editors add the end of the line.
    let password = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first.map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    guard let password, !password.isEmpty else {
      throw ConfigurationError(
        "\(Settings.log.logStorePasswordFile.everywhere): \(file) has no password in its first line"
      )
    }
    database.setPassword(password)
    self = .database(database)
  }
}

extension SettingForm where Value == LogPlace? {
  /// Nil when it is empty.
  static var logPlace: Self {
    .parsed(LogPlace.allowed) { text in
      if text.isEmpty { return .some(nil) }
      return LogPlace(text).map { .some($0) }
    }
  }
}
