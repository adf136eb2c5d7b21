/// A fair queue: each requester has a line, first come, first served, and the requesters take
/// turns. A thousand requests of one requester delay another by one turn each.
package struct FairLine<Element> {
  private var lines: [Requester: [Element]] = [:]
  /// The requesters that wait; the next one is first.
  private var turns: [Requester] = []
  /// How many elements wait.
  package private(set) var count = 0

  /// Creates a line without elements.
  package init() {}

  /// Adds an element at the end of its requester's line.
  package mutating func append(_ element: Element, of requester: Requester) {
    if self.lines[requester] == nil { self.turns.append(requester) }
    self.lines[requester, default: []].append(element)
    self.count += 1
  }

  /// The first of each line, in the order of turns.
  package var heads: [(requester: Requester, element: Element)] {
    self.turns.compactMap { requester in
      self.lines[requester]?.first.map { (requester, $0) }
    }
  }

  /// Removes a requester's first element; the requester's next turn is then last.
  package mutating func removeFirst(of requester: Requester) -> Element? {
    guard let first = self.lines[requester]?.removeFirst() else { return nil }
    self.count -= 1
    self.endTurn(of: requester)
    return first
  }

  /// Removes the first element of the requester whose turn it is.
  package mutating func removeNext() -> Element? {
    self.turns.first.flatMap { self.removeFirst(of: $0) }
  }

  /// Removes the first element that may go, of the requester whose turn it is, else of the next; the
  /// requester's next turn is then last.
  package mutating func removeFirst(where mayGo: (Element) -> Bool) -> Element? {
    for requester in self.turns {
      guard let index = self.lines[requester]?.firstIndex(where: mayGo) else { continue }
      let element = self.lines[requester]?.remove(at: index)
      self.count -= 1
      self.endTurn(of: requester)
      return element
    }
    return nil
  }

  private mutating func endTurn(of requester: Requester) {
    self.turns.removeAll { $0 == requester }
    if self.lines[requester]?.isEmpty == true {
      self.lines[requester] = nil
    } else {
      self.turns.append(requester)
    }
  }

  /// Removes the elements that no longer wait.
  package mutating func removeAll(where isOver: (Element) -> Bool) {
    for requester in self.turns {
      self.lines[requester]?.removeAll(where: isOver)
      if self.lines[requester]?.isEmpty == true { self.lines[requester] = nil }
    }
    self.turns.removeAll { self.lines[$0] == nil }
    self.count = self.lines.values.reduce(0) { $0 + $1.count }
  }

  /// How many elements would go before one that a requester adds now.
  package func countBefore(nextOf requester: Requester) -> Int {
    let own = self.lines[requester]?.count ?? 0
    return self.lines.reduce(0) { sum, line in
      sum + (line.key == requester ? own : min(line.value.count, own + 1))
    }
  }

  /// Removes all elements.
  package mutating func removeAll() -> [Element] {
    defer { self = FairLine() }
    return self.lines.values.flatMap { $0 }
  }
}
