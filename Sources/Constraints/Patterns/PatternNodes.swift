/// A pattern with its repetitions written out.
struct PatternNodes {
  /// What comes next in a pattern.
  enum Node {
    /// One character of a numbered set.
    case characters(Int, next: Int)
    case split([Int])
    case end
  }

  /// The most parts.
  static let maximumCount = 20_000

  private(set) var nodes: [Node] = [.end]
  private(set) var start = 0
  /// The sets of characters, each once.
  private(set) var sets: [ScalarSet] = []
  private var numbers: [ScalarSet: Int] = [:]
  private var budget: Int

  /// - Parameters:
  ///   - maximumWork: the most parts.
  ///   - work: counts them.
  /// - Returns: nil when there would be more.
  init?(_ pattern: Pattern, maximumWork: Int, _ work: inout Int) {
    let most = min(Self.maximumCount, maximumWork)
    self.budget = most
    let start = self.add(pattern.root, of: pattern, next: 0)
    work += most - self.budget
    guard let start else { return nil }
    self.start = start
    self.numbers = [:]
  }

  /// Goes as deep as brackets do.
  private mutating func add(_ part: Int, of pattern: Pattern, next: Int) -> Int? {
    self.budget -= 1
    guard self.budget > 0 else { return nil }
    switch pattern.parts[part] {
    case .start, .end: return next
    case .characters(let set):
      let number = self.numbers[set] ?? self.sets.count
      if number == self.sets.count {
        self.sets.append(set)
        self.numbers[set] = number
      }
      self.nodes.append(.characters(number, next: next))
      return self.nodes.count - 1
    case .sequence(let items):
      var next = next
      for item in items.reversed() {
        guard let node = self.add(item, of: pattern, next: next) else { return nil }
        next = node
      }
      return next
    case .choice(let items):
      var starts: [Int] = []
      for item in items {
        guard let node = self.add(item, of: pattern, next: next) else { return nil }
        starts.append(node)
      }
      self.nodes.append(.split(starts))
      return self.nodes.count - 1
    case .repetition(let item, let minimum, let maximum):
      guard minimum < self.budget, (maximum ?? 0) < self.budget else { return nil }
      var next = next
      if let maximum {
        let end = next
        for _ in minimum ..< max(minimum, maximum) {
          guard let node = self.add(item, of: pattern, next: next) else { return nil }
          self.nodes.append(.split([node, end]))
          next = self.nodes.count - 1
        }
      } else {
        self.nodes.append(.split([]))
        let loop = self.nodes.count - 1
        guard let node = self.add(item, of: pattern, next: loop) else { return nil }
        self.nodes[loop] = .split([node, next])
        next = loop
      }
      for _ in 0 ..< minimum {
        guard let node = self.add(item, of: pattern, next: next) else { return nil }
        next = node
      }
      return next
    }
  }
}
