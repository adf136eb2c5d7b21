import ArgumentParser
import Foundation
import Logging
import RequestLog
import TokenwireServer

/// The log's own file: the same name as the setting of `tokenwire serve`.
struct LogFileFlags: ParsableArguments {
  @Option(
    name: .customLong("log-file"),
    help: "The log, which a server may have open. (default: $TOKENWIRE_LOG_FILE)",
    completion: .file()
  )
  var givenLogFile: String?

  /// - Throws: when neither the flag nor the variable names a file.
  var logFile: String {
    get throws {
      guard let path = self.givenLogFile ?? Setting.logFile.environmentValue else {
        throw ValidationError("--log-file is missing, and \(Setting.logFile.variable) is not set")
      }
      return path
    }
  }

  /// Opens the log to read it.
  func open() async throws -> ReadOnlyLog {
    let path = try self.logFile
    do throws(LogError) {
      return try await ReadOnlyLog.open(path: path, logger: .silent)
    } catch {
      throw CommandFailure(path, error)
    }
  }
}

extension RequestLog {
  /// Runs `body` with the log in a file that no server has open, and closes it.
  ///
  /// - Parameter lockedAdvice: what to do when a server has it open.
  static func with(
    _ path: String,
    lockedAdvice: String,
    _ body: (RequestLog) async throws -> Void
  ) async throws {
    let log: RequestLog
    do throws(LogError) {
      log = try await RequestLog.open(path: path, logger: .silent)
    } catch {
      throw error.code == .locked
        ? CommandFailure("\(path): a server, or another process, writes to it: \(lockedAdvice)")
        : CommandFailure(path, error)
    }
    do {
      try await body(log)
    } catch {
      await log.close()
      throw error
    }
    await log.close()
  }
}

extension CommandFailure {
  /// - Parameter path: the file that the error is about.
  init(_ path: String, _ error: LogError) {
    let cause = error.cause.map { " (\($0))" } ?? ""
    self.init("\(path): \(error.message)\(cause)")
  }
}

extension Logger {
  /// What the log has to say to an operator is in the errors of a command.
  fileprivate static let silent = Logger(label: "tokenwire") { _ in SwiftLogNoOpLogHandler() }
}
