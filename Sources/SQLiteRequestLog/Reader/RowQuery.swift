internal import Identifiers
internal import RequestLog

/// A query by the places of rows, as a reader runs it.
struct RowQuery: Sendable {
  let userID: Identifier?
  let model: Identifier?
  let search: SearchExpression?
  let order: LogQuery.Order
  /// Where the entries are that the query is about.
  let positions: Range<Position>

  /// - Parameter limit: entries from here on are left out.
  init(_ query: ValidQuery, before limit: Position = Position(rawValue: .max)) {
    self.userID = query.userID
    self.model = query.model
    self.search = query.search.map(SearchExpression.init)
    self.order = query.order
    let start = query.since.map { Position(firstAt: $0) } ?? Position(rawValue: 0)
    let end = query.until.map { min(Position(firstAt: $0), limit) } ?? limit
    self.positions = start ..< max(start, end)
  }
}
