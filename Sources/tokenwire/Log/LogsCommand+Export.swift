import ArgumentParser
import RequestLog

extension LogsCommand {
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write all entries of a log to a file of JSON lines.",
      discussion: """
        It has all that the log has: tokenwire logs import makes the same entries of it. A server \
        may write to the log meanwhile; entries that it adds are left out.
        """
    )

    @Argument(help: "The new file, which its owner alone can read.", completion: .file())
    var file: String

    @OptionGroup
    var log: LogFileFlags

    func run() async throws {
      try await withInterruption {
        let log = try await self.log.open()
        let progress = ProgressLine()
        do throws(LogError) {
          let total = try await log.stats().total.entries
          let count = try await log.export(to: self.file) { count in
            progress.show("\(count.percent(of: total))  \(count) of \(total.entryText)")
          }
          progress.clear()
          StandardOutput.writeNote("Exported \(count.entryText) to \(self.file).\n")
        } catch {
          progress.clear()
          throw CommandFailure(self.file, error)
        }
      }
    }
  }
}
