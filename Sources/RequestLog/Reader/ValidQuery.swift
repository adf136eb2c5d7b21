internal import Identifiers

/// A query that the log can answer.
struct ValidQuery: Sendable {
  let userID: Identifier?
  let model: Identifier?
  let search: SearchExpression?
  let after: ULID?
  let order: LogQuery.Order
  let follows: Bool
  let limit: Int
  /// Where the entries are that the query is about.
  let positions: Range<Position>

  /// - Parameter limit: entries from here on are left out.
  /// - Throws: `invalid`, which names the field.
  init(_ query: LogQuery, before limit: Position = Position(rawValue: .max)) throws(LogError) {
    if query.follows, query.order == .newestFirst {
      throw LogError(.invalid, "order must be oldest first to follow the log")
    }
    if let limit = query.limit, limit < 0 {
      throw LogError(.invalid, "limit may not be negative. Given: \(limit)")
    }
    self.userID = query.userID
    self.model = query.model
    self.search = if let search = query.search { try SearchExpression(search) } else { nil }
    self.after = query.after
    self.order = query.order
    self.follows = query.follows
    self.limit = query.limit ?? .max
    let start = query.since.map { Position(firstAt: $0) } ?? Position(rawValue: 0)
    let end = query.until.map { min(Position(firstAt: $0), limit) } ?? limit
    self.positions = start ..< max(start, end)
  }
}
