import ArgumentParser
import Foundation
import Identifiers
import RequestLog
import SQLiteRequestLog

extension LogsCommand {
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add the entries of a file that tokenwire logs export wrote.",
      discussion: """
        They keep their ids and times; existing entries are skipped, so that an interrupted import \
        can be repeated. A line that is not an entry, or that a server would not accept, ends the \
        import with an error; the lines before it are stored. A missing log is created, unless the \
        import fails. No server may have a log's file open; a database may have servers.
        """
    )

    @Argument(help: "The file of JSON lines; - is standard input.", completion: .file())
    var file: String

    @OptionGroup
    var log: LogStoreFlags

    @OptionGroup
    var limits: SettingFlags<EntryLimitSettings>

    func run() async throws {
      let place = try self.log.place
      let limits = try self.entryLimits
      try await withInterruption {
        let progress = ProgressLine()
        let lines = try FileLines(self.file) { read, total in
          let part = total.map { "\(read.percent(of: $0))  \(read.byteText) of \($0.byteText)" }
          progress.show(part ?? read.byteText)
        }
        switch place {
        case .file(let path):
          let isNew = !FileManager.default.fileExists(atPath: path.text)
          try await SQLiteLogStore.with(
            path.text,
            .init(limits: limits),
            isDiscardedOnFailure: isNew,
            lockedAdvice: "stop it before you import"
          ) { log in
            let consequence = isNew ? "; no log was made" : ""
            try await Self.store(lines, in: log, progress, consequence: consequence)
          }
        case .database(let database):
          try await database.withLog(limits: limits) { log in
            try await Self.store(lines, in: log, progress)
          }
        }
      }
    }

    private static func store(
      _ lines: FileLines,
      in log: any ImportingLog,
      _ progress: ProgressLine,
      consequence: String = ""
    ) async throws {
      defer { progress.clear() }
      do {
        let summary = try await log.importLines(lines)
        progress.clear()
        StandardOutput.write(
          "Imported \(summary.added.entryText); \(summary.skipped) were there already.\n"
        )
      } catch let error as LogError {
        throw CommandFailure(lines.name, error, consequence: consequence)
      }
    }

    private var entryLimits: EntryLimits {
      get throws {
        do {
          return try EntryLimits(
            SettingReader(
              flags: self.limits.values,
              environment: Environment.settings,
              file: nil
            )
          )
        } catch {
          throw ValidationError("\(error)")
        }
      }
    }
  }
}
