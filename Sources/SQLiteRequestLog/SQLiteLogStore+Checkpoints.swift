internal import Logging
internal import RequestLog
internal import SQLite

extension SQLiteLogStore {
  /// How long commits accumulate before a checkpoint.
  private static let checkpointPause = Duration.milliseconds(100)

  /// Keeps the write-ahead log short, so that no caller waits for a long checkpoint. It returns when
  /// the log is closed, or the task is cancelled.
  ///
  /// Without it, the log grows to its limit, and the caller whose commit reaches that waits.
  func keepCheckpointed() async {
    var copied = 0
    while !Task.isCancelled {
      await self.news.wait(past: copied)
      // After a cancelled sleep the loop's condition ends it.
      try? await Task.sleep(for: Self.checkpointPause)
      guard let commits = self.news.count else { return }
      do {
        try await self.checkpointer.checkpoint()
        // Only between two commits can a checkpoint reach the end, so that the next commit starts
        // from the beginning. It is nearly there by now.
        try await self.writer.withConnection { (connection) throws(SQLiteError) in
          try connection.checkpoint()
        }
        copied = commits
      } catch {
        self.logger.warning("The log's checkpoint failed", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: Self.retryPause)
      }
    }
  }
}
