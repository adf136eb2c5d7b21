internal import RequestLog

/// The pages of a query. Between pages it holds no snapshot of the file.
struct RowPages: LogPages {
  private let query: RowQuery
  private let after: ULID?
  private let follows: Bool
  private let readers: LogReaders
  /// The positions that were not read yet; nil before the first page.
  private var rest: Range<Position>?

  /// - Parameter limit: the query ends before this position.
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
    // A query that follows the log does not scan again at each commit what it has scanned once.
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
