/// The entries of a query, read page by page as they are requested: a slow reader delays nobody,
/// and a million entries take no more memory than a page.
///
/// Entries that are stored meanwhile appear in their place; none is left out or repeated. It ends
/// early when the task is cancelled.
public struct LogEntries: AsyncSequence, Sendable {
  /// An entry.
  public typealias Element = StoredEntry
  /// Reading fails with a `LogError`.
  public typealias Failure = LogError

  private let query: ValidQuery
  private let pages: any LogPages
  private let news: CommitNews

  /// - Parameters:
  ///   - pages: reads the entries of `query`.
  ///   - news: wakes a query that follows the log.
  public init(_ query: ValidQuery, pages: any LogPages, news: CommitNews) {
    self.query = query
    self.pages = pages
    self.news = news
  }

  /// Creates an iterator that begins at the first entry.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(query: self.query, pages: self.pages, news: self.news)
  }

  /// Iterates over the entries.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let follows: Bool
    private var pages: any LogPages
    private let news: CommitNews
    private var page: [StoredEntry] = []
    private var index = 0
    private var remaining: Int
    /// Whether the end was reached.
    private var isAtEnd = false

    fileprivate init(query: ValidQuery, pages: any LogPages, news: CommitNews) {
      self.follows = query.follows
      self.pages = pages
      self.news = news
      self.remaining = query.limit
    }

    /// The next entry; nil at the end.
    ///
    /// - Throws: `overloaded` when a search takes too long, `unavailable`.
    public mutating func next() async throws(LogError) -> StoredEntry? {
      try await self.next(isolation: #isolation)
    }

    /// - Throws: `overloaded` when a search takes too long, `unavailable`.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(LogError) -> StoredEntry? {
      if self.index == self.page.count {
        try await self.readPage(isolation: actor)
        if self.page.isEmpty { return nil }
      }
      defer { self.index += 1 }
      return self.page[self.index]
    }

    /// The page stays empty at the end.
    private mutating func readPage(isolation actor: isolated (any Actor)?) async throws(LogError) {
      self.page = []
      self.index = 0
      while self.remaining > 0, !Task.isCancelled {
        if self.isAtEnd, !self.follows { return }
        // Read first, so that a later commit counts as news.
        let commits = self.news.count
        do throws(LogError) {
          let page = try await self.pages.next(limit: self.remaining)
          self.page = page.entries
          self.remaining -= page.entries.count
          self.isAtEnd = page.isLast
        } catch {
          if error.code == .cancelled || (self.follows && commits == nil) { return }
          throw error
        }
        guard self.page.isEmpty else { return }
        // Much was searched, and nothing found yet.
        guard self.isAtEnd else { continue }
        guard self.follows, let commits else { return }
        await self.news.wait(past: commits, isolation: actor)
      }
    }
  }
}
