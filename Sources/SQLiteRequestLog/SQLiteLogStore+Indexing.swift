internal import RequestLog

extension SQLiteLogStore {
  /// How long entries gather for a batch of the index.
  private static let indexingPause = Duration.milliseconds(5)

  /// Keeps the index of words up with the log: in small batches while a few entries are stored, in
  /// large ones while none are. It returns when the log is closed, or the task is cancelled.
  ///
  /// Without it, searches find the same, but take longer: they look through what is not indexed.
  func keepIndexed() async {
    while !Task.isCancelled, let commits = self.news.count {
      // A sleep that is cancelled ends the loop by its condition.
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
        // The writer has told the operator.
        try? await Task.sleep(for: Self.retryPause)
      }
    }
  }
}
