import ArgumentParser
import RequestLog

extension LogsCommand {
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add the entries of a file that tokenwire logs export has written.",
      discussion: """
        They keep their ids and times; those that the log has already are left out, so that an \
        import that was broken off can be run again. A log that is not there is made. No server may \
        have it open.
        """
    )

    @Argument(help: "The file of JSON lines.", completion: .file())
    var file: String

    @OptionGroup
    var log: LogFileFlags

    func run() async throws {
      let path = try self.log.logFile
      try await withInterruption {
        let progress = ProgressLine()
        let lines = try FileLines(self.file) { read, total in
          progress.show("\(read.percent(of: total))  \(read.byteText) of \(total.byteText)")
        }
        try await RequestLog.with(path, lockedAdvice: "stop it before you import") { log in
          defer { progress.clear() }
          do {
            let summary = try await log.importLines(lines)
            progress.clear()
            StandardOutput.write(
              "Imported \(summary.added.entryText); \(summary.skipped) were there already.\n"
            )
          } catch let error as LogError {
            throw CommandFailure(self.file, error)
          }
        }
      }
    }
  }
}
