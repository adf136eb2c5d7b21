import ArgumentParser
import Foundation
import Identifiers
import RequestLog
import SQLiteRequestLog

extension LogsCommand {
  struct Copy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy all entries of one log to another, and check that they are there.",
      discussion: """
        A log is sqlite:FILE, or a URL of PostgreSQL or MongoDB. Entries keep their ids and times; those that the \
        other log has are skipped, so that an interrupted copy can be repeated. Servers may write to \
        the log that is read, and to a database; no server may have open a file that is written. At \
        the end, each entry is compared with its copy.
        """
    )

    @Option(help: "The log to read.")
    var from: String

    @Option(help: "The log to write; a missing one is created.")
    var to: String

    private var source: LogPlace {
      get throws { try LogStoreFlags.place(self.from, isFlag: true, flag: "--from") }
    }

    private var target: LogPlace {
      get throws { try LogStoreFlags.place(self.to, isFlag: true, flag: "--to") }
    }

    func validate() throws {
      guard try self.source != self.target else {
        throw ValidationError("--from and --to are the same log")
      }
    }

    func run() async throws {
      let (source, target) = (try self.source, try self.target)
      try await withInterruption {
        try await source.withReading { source in
          switch target {
          case .file(let path):
            try await SQLiteLogStore.with(path.text, lockedAdvice: "stop it before you copy") {
              log in
              try await self.copy(source, to: log)
            }
          case .database(let database):
            try await database.withLog { log in try await self.copy(source, to: log) }
          }
        }
      }
    }

    private func copy(_ source: any ExportableLog, to target: any ImportingLog) async throws {
      let progress = ProgressLine()
      defer { progress.clear() }
      let total = try await source.stats(of: nil).total.entries
      func show(_ step: String) -> (Int) -> Void {
        { count in
          progress.show("\(step) \(count.percent(of: total))  \(count) of \(total.entryText)")
        }
      }
      do throws(LogError) {
        let copied = try await target.importEntries(
          source.entriesUntilNow(),
          progress: show("copying")
        )
        // What is there is compared, not stored.
        let checked = try await target.importEntries(
          source.entriesUntilNow(),
          progress: show("checking")
        )
        progress.clear()
        StandardOutput.write(
          """
          Copied \((copied.added + checked.added).entryText); \(copied.skipped) were there already.
          Compared \(checked.skipped.entryText) with their copies: they are the same.

          """
        )
      } catch {
        throw CommandFailure("\(try self.target)", error)
      }
    }
  }
}
