import ArgumentParser
import Foundation
import Logging
import RequestLog
import SQLiteRequestLog

/// The log's file: the same name as the setting of `tokenwire serve`.
struct LogFileFlags: ParsableArguments {
  @Option(
    name: .customLong(Settings.log.logFile.flagName),
    help: "The log. (default: $\(Settings.log.logFile.variable))",
    completion: .file()
  )
  var givenLogFile: String?

  /// - Throws: when neither the flag nor the variable names a file.
  var logFile: String {
    get throws {
      guard let path = self.givenLogFile ?? Settings.log.logFile.environmentValue else {
        let setting = Settings.log.logFile
        throw ValidationError("\(setting.flag) is missing, and \(setting.variable) is not set")
      }
      return path
    }
  }

  /// Opens the log for reading.
  func open() async throws -> ReadOnlyLog {
    let path = try self.logFile
    do throws(LogError) {
      return try await ReadOnlyLog.open(path: path, logger: .silent)
    } catch {
      throw CommandFailure(path, error)
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
  fileprivate static let silent = Logger(label: "tokenwire") { _ in SwiftLogNoOpLogHandler() }
}
