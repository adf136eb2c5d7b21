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

  @Option(help: "How often entries that are too old or too many are removed. (default: 60s)")
  var logPruneInterval: String?

  @Option(help: "The largest prompt that it takes, up to 4MiB. (default: 1MiB)")
  var logMaxPromptSize: String?

  @Option(help: "The largest response, up to 4MiB. (default: 1MiB)")
  var logMaxResponseSize: String?

  @Option(help: "How many keys an entry's metadata may have. (default: 64)")
  var logMaxMetadataKeys: String?

  @Option(help: "The size of its keys and values. (default: 16KiB)")
  var logMaxMetadataSize: String?

  @Option(help: "How many entries may wait for the disk. (default: 4096)")
  var logMaxWaitingEntries: String?

  @Option(help: "The size of the entries that wait. (default: 64MiB)")
  var logMaxWaitingSize: String?

  var values: [Setting: String?] {
    [
      .logFile: self.logFile,
      .logContent: self.logContent,
      .logMaxAge: self.logMaxAge,
      .logMaxSize: self.logMaxSize,
      .logPruneInterval: self.logPruneInterval,
      .logMaxPromptSize: self.logMaxPromptSize,
      .logMaxResponseSize: self.logMaxResponseSize,
      .logMaxMetadataKeys: self.logMaxMetadataKeys,
      .logMaxMetadataSize: self.logMaxMetadataSize,
      .logMaxWaitingEntries: self.logMaxWaitingEntries,
      .logMaxWaitingSize: self.logMaxWaitingSize,
    ]
  }
}
