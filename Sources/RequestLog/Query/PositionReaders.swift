/// The readers of a log. Searches, which may take long, have their own, so that listing and following do
/// not wait for them.
package struct PositionReaders<Reader: PositionReader>: PositionReader {
  package let listing: Reader
  package let searching: Reader

  /// - Parameters:
  ///   - listing: for all but searches.
  ///   - searching: for searches.
  package init(listing: Reader, searching: Reader) {
    self.listing = listing
    self.searching = searching
  }

  package func positions(
    of query: PositionQuery,
    after id: ULID
  ) async throws(LogError) -> Range<Position> {
    try await self.listing.positions(of: query, after: id)
  }

  package func end() async throws(LogError) -> Position {
    try await self.listing.end()
  }

  package func page(
    of query: PositionQuery,
    in positions: Range<Position>,
    limit: Int
  ) async throws(LogError) -> PositionPage {
    let reader = query.search == nil ? self.listing : self.searching
    return try await reader.page(of: query, in: positions, limit: limit)
  }
}
