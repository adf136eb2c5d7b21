/// The entries of a query, read page by page as they are asked for: who reads slowly holds up
/// nobody, and a million entries take no more memory than a page.
///
/// Entries that arrive meanwhile are part of it where they belong; none is left out or comes twice.
/// It ends early when the task is cancelled.
public struct LogEntries: AsyncSequence, Sendable {
  public typealias Element = StoredEntry
  public typealias Failure = LogError

  let query: ValidQuery
  let readers: LogReaders
  let news: CommitNews

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(query: self.query, reader: self.readers.next, news: self.news)
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private let query: ValidQuery
    private let reader: LogReader
    private let news: CommitNews
    private var page: [EntryRow] = []
    private var index = 0
    /// Where the entries are that were not read yet; nil before the first page.
    private var rest: Range<Position>?
    private var remaining: Int

    init(query: ValidQuery, reader: LogReader, news: CommitNews) {
      self.query = query
      self.reader = reader
      self.news = news
      self.remaining = query.limit
    }

    public mutating func next() async throws(LogError) -> StoredEntry? {
      try await self.next(isolation: #isolation)
    }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(LogError) -> StoredEntry? {
      if self.index == self.page.count {
        try await self.readPage(isolation: actor)
        if self.page.isEmpty { return nil }
      }
      defer { self.index += 1 }
      return self.page[self.index].entry
    }

    /// Leaves the page empty at the end.
    private mutating func readPage(isolation actor: isolated (any Actor)?) async throws(LogError) {
      self.page = []
      self.index = 0
      while self.remaining > 0, !Task.isCancelled {
        // Looked at first: what is committed after this is news.
        let commits = self.news.count
        do throws(LogError) {
          try await self.readPage()
        } catch {
          if self.query.follows, commits == nil { return }
          throw error
        }
        guard self.page.isEmpty, self.query.follows, let commits else { return }
        await self.news.wait(past: commits, isolation: actor)
      }
    }

    private mutating func readPage() async throws(LogError) {
      var rest = self.rest ?? self.query.positions
      if self.rest == nil, let id = self.query.after {
        rest = try await self.reader.positions(of: self.query, after: id)
      }
      // What a query that follows has looked through once, it does not look through at each commit.
      let end = self.query.follows ? try await self.reader.end() : nil
      self.page = try await self.reader.page(of: self.query, in: rest, limit: self.remaining)
      if let last = self.page.last?.position {
        switch self.query.order {
        case .newestFirst: rest = rest.lowerBound ..< last
        case .oldestFirst: rest = Position(rawValue: last.rawValue + 1) ..< rest.upperBound
        }
      } else if let end {
        rest = rest.clamped(to: end ..< Position(rawValue: .max))
      }
      self.rest = rest
      self.remaining -= self.page.count
    }
  }
}
