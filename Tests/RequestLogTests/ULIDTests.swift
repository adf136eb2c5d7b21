import Testing

@testable import RequestLog

@Suite struct ULIDTests {
  @Test func `its text is that of the specification's example`() throws {
    let id = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    #expect(id.milliseconds == 1_469_922_850_259)
    #expect(id.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    #expect(ULID("01arz3ndektsv4rrffq69g5fav") == id)
  }

  @Test(arguments: [
    "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "01ARZ3NDEKTSV4RRFFQ69G5FAU",
    "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01ARZ3NDEKTSV4RRFFQ69G5Fß",
  ])
  func `what is no id is nil`(text: String) {
    #expect(ULID(text) == nil)
  }

  @Test func `ids of later times are later, and so are their texts`() {
    let ids = [0, 1, 1_700_000_000_000, 1 << 47].map { ULID(milliseconds: $0) }
    #expect(ids == ids.sorted())
    #expect(ids.map(\.description) == ids.map(\.description).sorted())
    #expect(ids.map(\.milliseconds) == [0, 1, 1_700_000_000_000, 1 << 47])
  }

  @Test func `there are ids after each new one, within its millisecond`() throws {
    let id = ULID(milliseconds: 7)
    let next = try #require(id.next)
    #expect(next > id)
    #expect(next.milliseconds == 7)
    #expect(next.description > id.description)
  }

  @Test(arguments: ["01ARZ3NDEKZZZZZZZZZZZZZZZZ", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"])
  func `the last id of a millisecond has none after it`(text: String) throws {
    let id = try #require(ULID(text))
    #expect(id.next == nil)
  }
}
