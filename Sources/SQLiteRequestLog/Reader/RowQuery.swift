internal import Identifiers
internal import RequestLog

/// A query by positions, as a reader runs it.
struct RowQuery: Sendable {
  let userID: Identifier?
  let model: Identifier?
  let sessionID: Identifier?
  let search: SearchExpression?
  let order: LogQuery.Order
  /// The positions that the query covers.
  let positions: Range<Position>

  /// - Parameter limit: the query ends before this position.
  init(_ query: ValidQuery, before limit: Position = Position(rawValue: .max)) {
    self.userID = query.userID
    self.model = query.model
    self.sessionID = query.sessionID
    self.search = query.search.map(SearchExpression.init)
    self.order = query.order
    let start = query.since.map { Position(firstAt: $0) } ?? Position(rawValue: 0)
    let end = query.until.map { min(Position(firstAt: $0), limit) } ?? limit
    self.positions = start ..< max(start, end)
  }
}
