package import Identifiers

/// A query by positions, as a store's reader runs it.
package struct PositionQuery: Sendable {
  /// Whose entries; nil is everyone's.
  package let userID: Identifier?
  /// Only entries of this model; nil is all.
  package let model: Identifier?
  /// Only entries of this session; nil is all.
  package let sessionID: Identifier?
  /// The words to find; nil finds all entries.
  package let search: SearchTerms?
  /// The order in which entries are read.
  package let order: LogQuery.Order
  /// The positions that the query covers.
  package let positions: Range<Position>

  /// - Parameter limit: the query ends before this position.
  package init(_ query: ValidQuery, before limit: Position = Position(rawValue: .max)) {
    self.userID = query.userID
    self.model = query.model
    self.sessionID = query.sessionID
    self.search = query.search
    self.order = query.order
    let start = query.since.map { Position(firstAt: $0) } ?? Position(rawValue: 0)
    let end = query.until.map { min(Position(firstAt: $0), limit) } ?? limit
    self.positions = start ..< max(start, end)
  }
}
