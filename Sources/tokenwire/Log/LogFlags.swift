import ArgumentParser
import TokenwireServer

/// Where a server logs requests, and what.
struct LogFlags: ParsableArguments {
  @Option(help: "The request log, a database. (default: there is none)", completion: .file())
  var logFile: String?

  @Option(help: "What it keeps of the texts: full, metadata or hash. (default: full)")
  var logContent: String?

  @Option(help: "How old its entries may be, such as 90d. (default: 0s, for ever)")
  var logMaxAge: String?

  @Option(help: "How large it may be, such as 10GiB. (default: 0, without limit)")
  var logMaxSize: String?

  var values: [Setting: String?] {
    [
      .logFile: self.logFile,
      .logContent: self.logContent,
      .logMaxAge: self.logMaxAge,
      .logMaxSize: self.logMaxSize,
    ]
  }
}
