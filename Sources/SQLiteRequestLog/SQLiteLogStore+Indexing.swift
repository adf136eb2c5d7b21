internal import RequestLog

extension SQLiteLogStore {
  /// How long entries accumulate before a batch is indexed.
  private static let indexingPause = Duration.milliseconds(5)

  /// Keeps the index of words up to date: in small batches while entries are stored, in large ones
  /// while none are. It returns when the log is closed, or the task is cancelled.
  ///
  /// Without it, searches find the same, but take longer: they scan what is not indexed.
  func keepIndexed() async {
    while !Task.isCancelled, let commits = self.news.count {
      // After a cancelled sleep the loop's condition ends it.
      try? await Task.sleep(for: Self.indexingPause)
      guard let seen = self.news.count else { return }
      do throws(LogError) {
        let isQuiet = seen == commits
        let hasMore =
          isQuiet
          ? try await self.writer.indexBatch(bytes: LogWriter.largeBatch)
          : try await self.writer.indexBesideCommits()
        let pages = isQuiet ? LogWriter.largeMerge : LogWriter.smallMerge
        let merges = try await self.writer.mergeIndex(pages: pages)
        if !hasMore && !merges { await self.news.wait(past: seen) }
      } catch {
        // The writer has logged the error.
        try? await Task.sleep(for: Self.retryPause)
      }
    }
  }
}
