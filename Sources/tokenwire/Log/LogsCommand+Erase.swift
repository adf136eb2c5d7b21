import ArgumentParser
import Foundation
import Identifiers
import RPC
import RequestLog
import SQLiteRequestLog
import SystemPackage
import TokenwireAPI
import TokenwireClient

extension LogsCommand {
  struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Erase all that a user has logged, for good.",
      discussion: """
        A running server does it, for an access token with the scope admin; with --log-store or \
        --log-file, the command does it in a database, or in a file that no server has open. The \
        file is rewritten, so that nothing of the user is left in it; copies are not changed. On a \
        terminal, it asks first.
        """
    )

    @Option(help: "Whose entries.")
    var user: String

    @Option(
      help: """
        Erase in this file instead of a server's log. It has no variable, because only the server may \
        write to its log.
        """,
      completion: .file()
    )
    var logFile: String?

    @Option(
      help: ArgumentHelp(
        "Erase in this log, sqlite:FILE or a URL of PostgreSQL or MongoDB, instead of a server's.",
        valueName: "log-store"
      )
    )
    var logStore: String?

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Server options")
    var call: CallFlags

    func validate() throws {
      if self.user.allSatisfy(\.isWhitespace) { throw ValidationError("--user is empty") }
      if self.logStore != nil, self.logFile != nil {
        throw ValidationError("--log-store and --log-file are both given: give one")
      }
      _ = try self.place
    }

    func run() async throws {
      guard try self.yes || self.isConfirmed() else {
        StandardOutput.writeNote("Nothing was erased.\n")
        throw ExitCode(1)
      }
      try await withInterruption {
        let progress = ProgressLine()
        progress.show("erasing")
        defer { progress.clear() }
        let erased = try await self.erase()
        progress.clear()
        StandardOutput.write(
          "Erased \(erased.entries.entryText) of \(self.user.asName), \(erased.bytes.byteText) of text.\n"
        )
      }
    }

    /// Only a terminal can be asked.
    private func isConfirmed() throws -> Bool {
      guard Terminal.isTerminal(.standardInput) else { return true }
      let place = try self.place?.description ?? "the log of \(self.call.server.endpoint)"
      StandardOutput.writeNote(
        "Erase all that \(self.user.asName) has logged in \(place.onOneLine), for good? [y/N] "
      )
      let answer = Identifier(readLine() ?? "").lowercasedASCII
      return answer == "y" || answer == "yes"
    }

    private func erase() async throws -> (entries: Int, bytes: Int) {
      let logFile: String
      switch try self.place {
      case nil: return try await self.eraseOnServer()
      case .file(let path): logFile = path.text
      case .database(let database): return try await self.erase(in: database)
      }
      // Opening a log for writing would create it.
      guard FileManager.default.fileExists(atPath: logFile) else {
        throw CommandFailure("\(logFile): There is no such file")
      }
      var erased = (entries: 0, bytes: 0)
      let advice = "leave out --log-file to have the server erase"
      try await SQLiteLogStore.with(logFile, lockedAdvice: advice) { log in
        do throws(LogError) {
          let removal = try await log.erase(user: Identifier(self.user))
          erased = (removal.entries, removal.bytes)
        } catch {
          throw CommandFailure(logFile, error)
        }
      }
      return erased
    }

    /// Nil is a server's.
    private var place: LogPlace? {
      get throws {
        if let logFile { return .file(Identifier(logFile)) }
        return try self.logStore.map { try LogStoreFlags.place($0, isFlag: true) }
      }
    }

    private func erase(in database: LogDatabase) async throws -> (entries: Int, bytes: Int) {
      var erased = (entries: 0, bytes: 0)
      try await database.withLog { log in
        do throws(LogError) {
          let removal = try await log.erase(user: Identifier(self.user))
          erased = (removal.entries, removal.bytes)
        } catch {
          throw CommandFailure("\(database)", error)
        }
      }
      return erased
    }

    private func eraseOnServer() async throws -> (entries: Int, bytes: Int) {
      let request = EraseLogsRequest(userID: self.user)
      let erased = try await self.call.withClient { (client, options) throws(CallError) in
        try await client.api.eraseLogs(request, options: options)
      }
      return (Int(erased.entries), Int(erased.bytes))
    }
  }
}
