internal import RequestLog

/// The pages of a query. Between two of them, nothing of the file is held.
struct RowPages: LogPages {
  private let query: RowQuery
  private let after: ULID?
  private let follows: Bool
  private let readers: LogReaders
  /// Where the entries are that were not read yet; nil before the first page.
  private var rest: Range<Position>?

  /// - Parameter limit: entries from here on are left out.
  init(
    _ query: ValidQuery,
    before limit: Position = Position(rawValue: .max),
    readers: LogReaders
  ) {
    self.query = RowQuery(query, before: limit)
    self.after = query.after
    self.follows = query.follows
    self.readers = readers
  }

  mutating func next(limit: Int) async throws(LogError) -> LogPage {
    let query = self.query
    var rest = self.rest ?? query.positions
    if self.rest == nil, let after {
      rest = try await self.readers.read { (reader) throws(LogError) in
        try await reader.positions(of: query, after: after)
      }
    }
    // What a query that follows has looked through once, it does not look through at each commit.
    let end =
      self.follows
      ? try await self.readers.read { (reader) throws(LogError) in try await reader.end() } : nil
    let range = rest
    let page = try await self.readers.read(searching: query.search != nil) {
      (reader) throws(LogError) in try await reader.page(of: query, in: range, limit: limit)
    }
    if page.rest.isEmpty, let end {
      let start = page.rows.last?.position.next ?? rest.lowerBound
      let seen = max(start, end)
      self.rest = rest.clamped(to: seen ..< Position(rawValue: .max))
    } else {
      self.rest = page.rest
    }
    return LogPage(page.rows.map(\.entry), isLast: page.rest.isEmpty)
  }
}
