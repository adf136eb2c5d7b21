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
    AsyncIterator(query: self.query, readers: self.readers, news: self.news)
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private let query: ValidQuery
    private let readers: LogReaders
    private let news: CommitNews
    private var page: [EntryRow] = []
    private var index = 0
    /// Where the entries are that were not read yet; nil before the first page.
    private var rest: Range<Position>?
    private var remaining: Int
    /// Whether all that there was has been looked through.
    private var isAtEnd = false

    init(query: ValidQuery, readers: LogReaders, news: CommitNews) {
      self.query = query
      self.readers = readers
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
        if self.isAtEnd, !self.query.follows { return }
        // Looked at first: what is committed after this is news.
        let commits = self.news.count
        do throws(LogError) {
          try await self.readPage()
        } catch {
          if error.code == .cancelled || (self.query.follows && commits == nil) { return }
          throw error
        }
        guard self.page.isEmpty else { return }
        // Much was looked through, and nothing found yet.
        guard self.isAtEnd else { continue }
        guard self.query.follows, let commits else { return }
        await self.news.wait(past: commits, isolation: actor)
      }
    }

    private mutating func readPage() async throws(LogError) {
      let query = self.query
      var rest = self.rest ?? query.positions
      if self.rest == nil, let id = query.after {
        rest = try await self.readers.read { (reader) throws(LogError) in
          try await reader.positions(of: query, after: id)
        }
      }
      // What a query that follows has looked through once, it does not look through at each commit.
      let end =
        query.follows
        ? try await self.readers.read { (reader) throws(LogError) in try await reader.end() } : nil
      let (range, limit) = (rest, self.remaining)
      let page = try await self.readers.read(searching: query.search != nil) {
        (reader) throws(LogError) in try await reader.page(of: query, in: range, limit: limit)
      }
      self.page = page.rows
      self.remaining -= page.rows.count
      self.isAtEnd = page.rest.isEmpty
      if query.follows, page.rest.isEmpty, let end {
        let start = page.rows.last?.position.next ?? rest.lowerBound
        let seen = [start, end].max() ?? start
        self.rest = rest.clamped(to: seen ..< Position(rawValue: .max))
      } else {
        self.rest = page.rest
      }
    }
  }
}
