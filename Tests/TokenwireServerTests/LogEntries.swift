import Logging

/// Hands log entries to a test.
struct LogEntries: LogHandler {
  struct Entry: Sendable {
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata
  }

  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace
  private let entries: AsyncStream<Entry>.Continuation

  init(_ entries: AsyncStream<Entry>.Continuation) {
    self.entries = entries
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { self.metadata[key] }
    set { self.metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    self.entries.yield(
      Entry(
        level: event.level,
        message: event.message.description,
        metadata: event.metadata ?? [:]
      )
    )
  }
}
