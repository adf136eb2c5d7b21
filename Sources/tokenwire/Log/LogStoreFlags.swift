import ArgumentParser
import Foundation
import Identifiers
import Logging
import RequestLog
import SQLiteRequestLog

/// The log itself, without a server: the same names as the settings of `tokenwire serve`.
struct LogStoreFlags: ParsableArguments {
  @Option(
    name: .customLong(Settings.log.logStore.flagName),
    help: ArgumentHelp(
      """
      The log: sqlite:FILE, or a URL of PostgreSQL or MongoDB. (default: $\(Settings.log.logStore.variable))
      """,
      valueName: Settings.log.logStore.flagName
    )
  )
  var givenLogStore: String?

  @Option(
    name: .customLong(Settings.log.logFile.flagName),
    help: "The log's file. (default: $\(Settings.log.logFile.variable))",
    completion: .file()
  )
  var givenLogFile: String?

  /// - Throws: when neither a flag nor a variable names a log, or it cannot be one.
  var place: LogPlace {
    get throws {
      let settings = Settings.log
      if self.givenLogStore != nil, self.givenLogFile != nil {
        throw ValidationError(
          "\(settings.logStore.flag) and \(settings.logFile.flag) are both given: give one"
        )
      }
      if let store = self.givenLogStore { return try Self.place(store, isFlag: true) }
      if let file = self.givenLogFile { return .file(Identifier(file)) }
      if let store = settings.logStore.environmentValue {
        return try Self.place(store, isFlag: false)
      }
      if let file = settings.logFile.environmentValue { return .file(Identifier(file)) }
      throw ValidationError(
        """
        \(settings.logStore.flag) is missing, and neither \(settings.logStore.variable) nor \
        \(settings.logFile.variable) is set
        """
      )
    }
  }

  /// The path of a log that must be a file.
  ///
  /// - Parameter instead: what to do with a database.
  func path(otherwise instead: String) throws -> String {
    switch try self.place {
    case .file(let path): return path.text
    case .database(let place): throw CommandFailure("\(place): \(instead)")
    }
  }

  /// Runs `body` with the log, which a server may write to meanwhile.
  func withReading<Result>(
    _ body: (any ExportableLog) async throws -> Result
  ) async throws -> Result {
    try await self.place.withReading(body)
  }

  /// - Parameters:
  ///   - isFlag: whether others can read the text in the list of processes.
  ///   - flag: what the text is given as.
  static func place(
    _ text: String,
    isFlag: Bool,
    flag: String = Settings.log.logStore.flag
  ) throws -> LogPlace {
    do {
      if isFlag { try LogPlace.checkFlag(text, flag: flag) }
      guard var place = LogPlace(text) else {
        throw ConfigurationError("\(flag) must be \(LogPlace.allowed)")
      }
      try place.addPassword(from: Settings.log.logStorePasswordFile.environmentValue)
      return place
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

extension LogPlace {
  /// Runs `body` with the log, which a server may write to meanwhile.
  func withReading<Result>(
    _ body: (any ExportableLog) async throws -> Result
  ) async throws -> Result {
    do {
      switch self {
      case .file(let path):
        return try await body(ReadOnlyLog.open(path: path.text, logger: .silent))
      case .database(let database):
        let log = try await database.openExisting()
        do {
          let result = try await body(log)
          await log.close()
          return result
        } catch {
          await log.close()
          throw error
        }
      }
    } catch let error as LogError {
      throw CommandFailure(self.description, error)
    }
  }
}

extension SQLiteLogStore {
  /// Runs `body` with the log in a file that no server has open, and closes it.
  ///
  /// - Parameters:
  ///   - isDiscardedOnFailure: whether to remove a new log when `body` fails.
  ///   - lockedAdvice: what to do when a server has the log open.
  static func with(
    _ path: String,
    _ configuration: Configuration = Configuration(),
    isDiscardedOnFailure: Bool = false,
    lockedAdvice: String,
    _ body: (SQLiteLogStore) async throws -> Void
  ) async throws {
    let log: SQLiteLogStore
    do throws(LogError) {
      log = try await SQLiteLogStore.open(path: path, configuration: configuration, logger: .silent)
    } catch {
      throw error.code == .locked
        ? CommandFailure("\(path): a server, or another process, writes to it: \(lockedAdvice)")
        : CommandFailure(path, error)
    }
    do {
      try await body(log)
    } catch {
      if isDiscardedOnFailure { await log.discard() } else { await log.close() }
      throw error
    }
    await log.close()
  }
}

extension CommandFailure {
  /// - Parameters:
  ///   - name: what the error is about, such as a file name.
  ///   - consequence: what the error led to.
  init(_ name: String, _ error: LogError, consequence: String = "") {
    let cause = error.cause.map { " (\($0))" } ?? ""
    self.init("\(name): \(error.message)\(cause)\(consequence)")
  }
}

extension Logger {
  /// The command's errors already contain what the log would say.
  static let silent = Logger(label: "tokenwire") { _ in SwiftLogNoOpLogHandler() }
}
