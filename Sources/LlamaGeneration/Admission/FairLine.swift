internal import Generation

/// A fair queue: each requester has a line, first come, first served, and the requesters take
/// turns. A thousand requests of one requester delay another by one turn each.
struct FairLine<Element> {
  private var lines: [Requester: [Element]] = [:]
  /// The requesters that wait; the next one is first.
  private var turns: [Requester] = []
  private(set) var count = 0

  init() {}

  mutating func append(_ element: Element, of requester: Requester) {
    if self.lines[requester] == nil { self.turns.append(requester) }
    self.lines[requester, default: []].append(element)
    self.count += 1
  }

  /// The first of each line, in the order of turns.
  var heads: [(requester: Requester, element: Element)] {
    self.turns.compactMap { requester in
      self.lines[requester]?.first.map { (requester, $0) }
    }
  }

  /// Removes a requester's first element; the requester's next turn is then last.
  mutating func removeFirst(of requester: Requester) -> Element? {
    guard let first = self.lines[requester]?.removeFirst() else { return nil }
    self.count -= 1
    self.turns.removeAll { $0 == requester }
    if self.lines[requester]?.isEmpty == true {
      self.lines[requester] = nil
    } else {
      self.turns.append(requester)
    }
    return first
  }

  /// Removes the first element of the requester whose turn it is.
  mutating func removeNext() -> Element? {
    self.turns.first.flatMap { self.removeFirst(of: $0) }
  }

  /// Removes the elements that no longer wait.
  mutating func removeAll(where isOver: (Element) -> Bool) {
    for requester in self.turns {
      self.lines[requester]?.removeAll(where: isOver)
      if self.lines[requester]?.isEmpty == true { self.lines[requester] = nil }
    }
    self.turns.removeAll { self.lines[$0] == nil }
    self.count = self.lines.values.reduce(0) { $0 + $1.count }
  }

  /// How many elements would go before one that a requester adds now.
  func countBefore(nextOf requester: Requester) -> Int {
    let own = self.lines[requester]?.count ?? 0
    return self.lines.reduce(0) { sum, line in
      sum + (line.key == requester ? own : min(line.value.count, own + 1))
    }
  }

  /// Removes all elements.
  mutating func removeAll() -> [Element] {
    defer { self = FairLine() }
    return self.lines.values.flatMap { $0 }
  }
}
