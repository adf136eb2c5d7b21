import ArgumentParser
import Identifiers
import Logging
import RequestLog
import SQLiteRequestLog

extension LogsCommand {
  struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy a log to another file, as it is now.",
      discussion: """
        The copy is a log that a server can use. A server may write to the log meanwhile.
        """
    )

    @Argument(help: "The new file, which only its owner can read.", completion: .file())
    var file: String

    @OptionGroup
    var log: LogStoreFlags

    func validate() throws {
      if self.file == "-" {
        throw ValidationError(
          """
          a backup is a database, which needs a file: give its name (tokenwire logs export writes to \
          standard output)
          """
        )
      }
    }

    func run() async throws {
      let path = try self.log.path(
        otherwise: """
          a backup copies a file of SQLite: back up this database with pg_dump or mongodump, or write its entries \
          to a file with tokenwire logs export
          """
      )
      try await withInterruption {
        let log: ReadOnlyLog
        do throws(LogError) {
          log = try await ReadOnlyLog.open(path: path, logger: .silent)
        } catch {
          throw CommandFailure(path, error)
        }
        let progress = ProgressLine()
        do throws(LogError) {
          try await log.backup(to: self.file) { step in
            progress.show(
              """
              \(step.copiedBytes.percent(of: step.totalBytes))  \(step.copiedBytes.byteText) of \
              \(step.totalBytes.byteText)
              """
            )
          }
          progress.clear()
          StandardOutput.writeNote("Copied the log to \(self.file).\n")
        } catch {
          progress.clear()
          throw CommandFailure(self.file, error)
        }
      }
    }
  }
}
