import Identifiers
import TestTexts
import Testing

@Suite struct TextMapTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `names that only look the same keep their own texts`(_ first: String, _ second: String) {
    let map = TextMap([(key: first, value: "1"), (key: second, value: "2")])
    #expect(map.count == 2)
    #expect(map[Identifier(first)] == "1")
    #expect(map[Identifier(second)] == "2")
    #expect(map.size == first.utf8.count + second.utf8.count + 2)
  }

  @Test(arguments: CanonicallyEqual.pairs)
  func `maps whose names or texts only look the same are different`(
    _ first: String,
    _ second: String
  ) {
    for (one, other) in [
      (TextMap([(key: first, value: "1")]), TextMap([(key: second, value: "1")])),
      (TextMap([(key: "k", value: first)]), TextMap([(key: "k", value: second)])),
    ] {
      #expect(one != other)
      #expect(Set([one, other]).count == 2)
    }
  }

  @Test func `the last text of a name counts, and nil removes it`() {
    var map = TextMap([(key: "a", value: "1"), (key: "b", value: "2"), (key: "a", value: "3")])
    #expect(map == ["b": "2", "a": "3"])
    map["b"] = nil
    #expect(map == ["a": "3"])
    #expect(map["b"] == nil)
    #expect(TextMap().isEmpty)
  }

  @Test func `a map is read in the order of its names' bytes`() {
    let map: TextMap = ["\u{E9}": "4", "b": "3", "": "1", "e\u{301}": "5", "Z": "2"]
    #expect(map.map(\.key).map { Identifier($0) } == ["", "Z", "b", "e\u{301}", "\u{E9}"])
  }
}
