import RequestLog
import Testing

@Suite struct PositionQueryTests {
  @Test(arguments: [LogQuery.Order.newestFirst, .oldestFirst], [Int64.min + 1, -5, 0, 7])
  func `an entry may have a position before all others`(
    order: LogQuery.Order,
    position: Int64
  ) throws {
    let query = PositionQuery(try ValidQuery(LogQuery(order: order)))
    let id = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    let positions = query.positions(after: id, found: Position(rawValue: position))
    let zero = Position(rawValue: 0)
    switch order {
    case .newestFirst: #expect(positions == zero ..< Position(rawValue: max(0, position)))
    case .oldestFirst: #expect(positions.lowerBound == Position(rawValue: max(0, position + 1)))
    }
  }
}
