import Identifiers
import Synchronization
import Testing

@testable import RequestLog

@Suite struct LogEntriesTests {
  @Test func `entries come page by page, and pages without entries are passed over`() async throws {
    let pages = ListedPages([.init([1, 2]), .init([]), .init([3]), .init([4], isLast: true)])
    #expect(try await Self.prompts(LogQuery(), pages) == [1, 2, 3, 4])
    #expect(pages.limits == [.max, .max - 2, .max - 2, .max - 3])
  }

  @Test func `no page is read beyond the limit`() async throws {
    let pages = ListedPages([.init([1, 2]), .init([3]), .init([4], isLast: true)])
    #expect(try await Self.prompts(LogQuery(limit: 3), pages) == [1, 2, 3])
    #expect(pages.limits == [3, 1])
    #expect(try await Self.prompts(LogQuery(limit: 0), pages) == [])
    #expect(pages.limits == [3, 1])
  }

  @Test func `a query that follows waits at the end for commits, until there are no more`()
    async throws
  {
    let news = CommitNews()
    let pages = ListedPages([
      .init([1], isLast: true), .init([], isLast: true), .init([2], isLast: true),
      .init([], isLast: true), .init([], isLast: true),
    ])
    let query = LogQuery(order: .oldestFirst, follows: true)
    let follower = Task { try await Self.prompts(query, pages, news) }
    while news.waiterCount == 0 { await Task.yield() }
    #expect(pages.limits.count == 2)
    news.announce()
    while pages.limits.count < 4 || news.waiterCount == 0 { await Task.yield() }
    news.close()
    #expect(try await follower.value == [1, 2])
    #expect(pages.limits.count == 5)
  }

  @Test func `an error ends a query, but a cancelled task's is its end`() async throws {
    for (code, isThrown) in [(LogError.Code.unavailable, true), (.cancelled, false)] {
      let pages = ListedPages([.init([1]), .init(failing: LogError(code, "m"))])
      var entries = try LogEntries(ValidQuery(LogQuery()), pages: pages, news: CommitNews())
        .makeAsyncIterator()
      #expect(try await entries.next() != nil)
      if isThrown {
        let error = await #expect(throws: LogError.self) { try await entries.next() }
        #expect(error?.code == code)
      } else {
        #expect(try await entries.next() == nil)
      }
    }
  }

  private static func prompts(
    _ query: LogQuery,
    _ pages: ListedPages,
    _ news: CommitNews = CommitNews()
  ) async throws -> [Int] {
    var prompts: [Int] = []
    for try await entry in LogEntries(try ValidQuery(query), pages: pages, news: news) {
      prompts.append(entry.promptBytes)
    }
    return prompts
  }
}

/// Pages that a test has written down, which are read once.
private final class ListedPages: LogPages {
  struct Page: Sendable {
    private let result: Result<LogPage, LogError>

    /// - Parameter sizes: of the prompts, which tell the entries apart.
    init(_ sizes: [Int], isLast: Bool = false) {
      let entries = sizes.map { size in
        StoredEntry(
          id: ULID(milliseconds: 0),
          timestamp: Timestamp(microseconds: 0),
          userID: "ada",
          content: .none,
          promptBytes: size,
          responseBytes: 1,
          model: "",
          generationID: "",
          metadata: [:],
          idempotencyKey: ""
        )
      }
      self.result = .success(LogPage(entries, isLast: isLast))
    }

    init(failing error: LogError) {
      self.result = .failure(error)
    }

    func read() throws(LogError) -> LogPage {
      try self.result.get()
    }
  }

  private let pages: Mutex<[Page]>
  private let record = Mutex<[Int]>([])

  init(_ pages: [Page]) {
    self.pages = Mutex(pages)
  }

  /// How many entries each page was to have at most.
  var limits: [Int] { self.record.withLock { $0 } }

  func next(limit: Int) async throws(LogError) -> LogPage {
    self.record.withLock { $0.append(limit) }
    return try self.pages.withLock { $0.removeFirst() }.read()
  }
}
