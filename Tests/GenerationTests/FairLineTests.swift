import Generation
import Identifiers
import Testing

@Suite struct FairLineTests {
  @Test func `requesters take turns, each with theirs in order`() {
    var line = self.line(["a1", "a2", "a3", "b1", "c1", "b2"])
    #expect(line.order == ["a1", "b1", "c1", "a2", "b2", "a3"])
    #expect(line.count == 0)
  }

  @Test func `a thousand of one keep another from one turn`() {
    var line = self.line((0 ..< 1000).map { "a\($0)" } + ["b"])
    #expect(line.countBefore(nextOf: .user("b")) == 3)
    #expect(line.countBefore(nextOf: .user("c")) == 2)
    #expect(line.countBefore(nextOf: .user("a")) == 1001)
    #expect(line.order.prefix(2) == ["a0", "b"])
  }

  @Test func `who may not go yet keeps nobody from going`() {
    var line = self.line(["a1", "a2", "b1", "b2"])
    #expect(line.removeFirst { $0 != "a1" } == "a2")
    #expect(line.removeFirst { $0 != "a1" } == "b1")
    #expect(line.removeFirst { $0 != "a1" } == "b2")
    #expect(line.removeFirst { _ in false } == nil)
    #expect(line.removeNext() == "a1")
    #expect(line.count == 0)
  }

  @Test func `those who wait no more are not counted`() {
    var line = self.line(["a1", "a2", "b1"])
    line.removeAll { $0 == "a1" || $0 == "b1" }
    #expect(line.count == 1)
    #expect(line.order == ["a2"])
  }

  @Test func `all are taken at once`() {
    var line = self.line(["a1", "b1", "a2"])
    #expect(Set(line.removeAll()) == ["a1", "b1", "a2"])
    #expect(line.heads.isEmpty)
  }

  /// The requester of an element is its first letter.
  private func line(_ elements: [String]) -> FairLine<String> {
    var line = FairLine<String>()
    for element in elements { line.append(element, of: .user("\(element.prefix(1))")) }
    return line
  }
}

extension FairLine<String> {
  fileprivate var order: [String] {
    mutating get {
      var order: [String] = []
      while let next = self.heads.first, let element = self.removeFirst(of: next.requester) {
        order.append(element)
      }
      return order
    }
  }
}
