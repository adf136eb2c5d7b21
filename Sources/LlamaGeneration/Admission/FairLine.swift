internal import Generation

/// Those who wait, with the requesters taking turns: each has a line, first come, first served, and
/// the lines give one at a time. A thousand requests of one keep another from one turn each.
struct FairLine<Element> {
  private var lines: [Requester: [Element]] = [:]
  /// Who has a line; whose turn comes next is first.
  private var turns: [Requester] = []
  private(set) var count = 0

  init() {}

  mutating func append(_ element: Element, of requester: Requester) {
    if self.lines[requester] == nil { self.turns.append(requester) }
    self.lines[requester, default: []].append(element)
    self.count += 1
  }

  /// The first of each line; whose turn comes next is first.
  var heads: [(requester: Requester, element: Element)] {
    self.turns.compactMap { requester in
      self.lines[requester]?.first.map { (requester, $0) }
    }
  }

  /// Takes the first of a requester, whose turn comes last after that.
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

  /// Takes the first of the requester whose turn it is.
  mutating func removeNext() -> Element? {
    self.turns.first.flatMap { self.removeFirst(of: $0) }
  }

  /// Removes those who wait no more.
  mutating func removeAll(where isOver: (Element) -> Bool) {
    for requester in self.turns {
      self.lines[requester]?.removeAll(where: isOver)
      if self.lines[requester]?.isEmpty == true { self.lines[requester] = nil }
    }
    self.turns.removeAll { self.lines[$0] == nil }
    self.count = self.lines.values.reduce(0) { $0 + $1.count }
  }

  /// How many go before one that a requester would add now.
  func countBefore(nextOf requester: Requester) -> Int {
    let own = self.lines[requester]?.count ?? 0
    return self.lines.reduce(0) { sum, line in
      sum + (line.key == requester ? own : min(line.value.count, own + 1))
    }
  }

  /// Takes all.
  mutating func removeAll() -> [Element] {
    defer { self = FairLine() }
    return self.lines.values.flatMap { $0 }
  }
}
