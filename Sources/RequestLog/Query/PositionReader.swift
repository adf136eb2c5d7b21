/// Reads entries by their positions. A store whose rows have them implements it; `PositionPages` and
/// `LogEntries` do the rest.
package protocol PositionReader: Sendable {
  /// The positions of a query that come after an entry, or after where it was.
  ///
  /// - Throws: `unavailable`.
  func positions(
    of query: PositionQuery,
    after id: ULID
  ) async throws(LogError) -> Range<Position>

  /// The earliest position of the next entry.
  ///
  /// - Throws: `unavailable`.
  func end() async throws(LogError) -> Position

  /// The first entries of a query within `positions`, in its order.
  ///
  /// - Throws: `overloaded` when a search takes too long, `cancelled`, `unavailable`.
  func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) async throws(LogError) -> PositionPage
}

/// The result of reading one page.
package struct PositionPage: Sendable {
  /// An entry and where it is.
  package struct Row: Sendable {
    package let position: Position
    package let entry: StoredEntry

    /// An entry at a position.
    package init(position: Position, entry: StoredEntry) {
      self.position = position
      self.entry = entry
    }
  }

  /// The entries that were found.
  package let rows: [Row]
  /// The positions that were not searched yet. There may be some although there are no rows.
  package let rest: Range<Position>

  /// - Parameters:
  ///   - last: where reading stopped at a limit of the page; nil when it read all of `lookedAt`.
  ///   - positions: what was to be read.
  ///   - lookedAt: the part of it that was looked at.
  package init(
    _ rows: [Row],
    stoppedAt last: Position?,
    _ order: LogQuery.Order,
    in positions: Range<Position>,
    lookedAt: Range<Position>
  ) {
    self.rows = rows
    switch order {
    case .newestFirst:
      self.rest = positions.lowerBound ..< max(positions.lowerBound, last ?? lookedAt.lowerBound)
    case .oldestFirst:
      self.rest =
        min(last?.next ?? lookedAt.upperBound, positions.upperBound) ..< positions.upperBound
    }
  }
}

extension PositionQuery {
  /// The positions of the query that come after an entry.
  ///
  /// - Parameter found: the position of the entry, or, if it is gone, of the last one before it, in
  ///   the query's order, within its millisecond; nil when there is none.
  package func positions(after id: ULID, found: Position?) -> Range<Position> {
    let range = Position.range(of: id)
    if self.order == .newestFirst {
      // What another program has written may be before all positions.
      let end = max(found ?? range.upperBound, Position(rawValue: 0))
      return self.positions.clamped(to: Position(rawValue: 0) ..< end)
    }
    let start = found?.next ?? range.lowerBound
    return self.positions.clamped(to: start ..< max(start, self.positions.upperBound))
  }
}
