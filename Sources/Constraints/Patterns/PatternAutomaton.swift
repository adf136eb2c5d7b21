/// Texts that follow several patterns at once, and have a length within limits: states by character,
/// as far as they can be reached.
struct PatternAutomaton {
  struct State {
    /// The characters that lead to each other state.
    var steps: [(ScalarSet, to: Int)] = []
    var mayEnd: Bool
  }

  private(set) var states: [State] = []
  /// Whether texts are shorter than they might be.
  private(set) var isShortened = false

  /// How many states there may be at most, and how many parts of the patterns.
  static let maximumStates = 4_000
  private static let maximumParts = 20_000
  private static let maximumWork = 1_000_000
  private static let workPerState = 250

  /// What a part of a pattern asks for next.
  private enum Node {
    case characters(Int, next: Int)
    case split([Int])
    case end
  }

  private struct Position: Hashable {
    /// Of each pattern, the numbers of its nodes.
    var nodes: [[Int32]]
    var length: Int
  }

  private var nodes: [Node] = []
  private var starts: [Int] = []
  private var classes: [(set: ScalarSet, isIn: [Bool])] = []
  private var work = 0
  /// Which nodes the visit at hand has been at.
  private var visits: [Int] = []
  private var visit = 0
  private var maximumStates = Self.maximumStates

  /// - Parameters:
  ///   - maximum: nil is without end.
  ///   - maximumStates: how many states there may be.
  /// - Returns: nil when there are more.
  init?(
    _ patterns: [Pattern],
    minimum: Int,
    maximum: Int?,
    maximumStates: Int,
    _ meter: inout CompilationWork
  ) throws(GrammarError) {
    self.maximumStates = maximumStates
    var sets: [ScalarSet] = []
    var numbers: [ScalarSet: Int] = [:]
    for pattern in patterns {
      guard let start = self.addNodes(of: pattern, &sets, &numbers) else { return nil }
      self.starts.append(start)
    }
    try meter.add(self.nodes.count)
    guard self.makeClasses(of: sets) else { return nil }
    // Where the length is too large for states of its own, texts are shorter than they might be.
    var maximum = maximum
    while true {
      switch try self.makeStates(minimum, maximum, &meter) {
      case true: return
      case false:
        guard let most = maximum, most > minimum else { return nil }
        self.isShortened = true
        maximum = max(minimum, min(most, 4 * maximumStates) / 4)
        self.work = 0
      }
    }
  }

  /// Whether a text follows a pattern.
  static func matches(_ text: String, _ pattern: Pattern) -> Bool? {
    var automaton = PatternAutomaton()
    var sets: [ScalarSet] = []
    var numbers: [ScalarSet: Int] = [:]
    guard let start = automaton.addNodes(of: pattern, &sets, &numbers) else { return nil }
    var nodes = automaton.closure([start])
    for scalar in text.unicodeScalars {
      nodes = automaton.closure(
        nodes.compactMap {
          guard case .characters(let set, let next) = automaton.nodes[Int($0)],
            sets[set].contains(scalar)
          else { return nil }
          return next
        }
      )
      if nodes.isEmpty { return false }
    }
    return nodes.contains { if case .end = automaton.nodes[Int($0)] { true } else { false } }
  }

  private init() {}

  /// Writes repetitions out.
  ///
  /// - Returns: the first node; nil when there are too many.
  private mutating func addNodes(
    of pattern: Pattern,
    _ sets: inout [ScalarSet],
    _ numbers: inout [ScalarSet: Int]
  ) -> Int? {
    self.nodes.append(.end)
    var budget = Self.maximumParts
    return self.addNodes(
      pattern.root,
      of: pattern,
      next: self.nodes.count - 1,
      &sets,
      &numbers,
      &budget
    )
  }

  /// Goes as deep as brackets do.
  private mutating func addNodes(
    _ part: Int,
    of pattern: Pattern,
    next: Int,
    _ sets: inout [ScalarSet],
    _ numbers: inout [ScalarSet: Int],
    _ budget: inout Int
  ) -> Int? {
    budget -= 1
    guard budget > 0 else { return nil }
    switch pattern.parts[part] {
    case .start, .end: return next
    case .characters(let set):
      let number = numbers[set] ?? sets.count
      if number == sets.count {
        sets.append(set)
        numbers[set] = number
      }
      self.nodes.append(.characters(number, next: next))
      return self.nodes.count - 1
    case .sequence(let items):
      var next = next
      for item in items.reversed() {
        guard let node = self.addNodes(item, of: pattern, next: next, &sets, &numbers, &budget)
        else {
          return nil
        }
        next = node
      }
      return next
    case .choice(let items):
      var starts: [Int] = []
      for item in items {
        guard let node = self.addNodes(item, of: pattern, next: next, &sets, &numbers, &budget)
        else {
          return nil
        }
        starts.append(node)
      }
      self.nodes.append(.split(starts))
      return self.nodes.count - 1
    case .repetition(let item, let minimum, let maximum):
      guard minimum < budget, (maximum ?? 0) < budget else { return nil }
      var next = next
      if let maximum {
        let end = next
        for _ in minimum ..< max(minimum, maximum) {
          guard let node = self.addNodes(item, of: pattern, next: next, &sets, &numbers, &budget)
          else {
            return nil
          }
          self.nodes.append(.split([node, end]))
          next = self.nodes.count - 1
        }
      } else {
        self.nodes.append(.split([]))
        let loop = self.nodes.count - 1
        guard let node = self.addNodes(item, of: pattern, next: loop, &sets, &numbers, &budget)
        else {
          return nil
        }
        self.nodes[loop] = .split([node, next])
        next = loop
      }
      for _ in 0 ..< minimum {
        guard let node = self.addNodes(item, of: pattern, next: next, &sets, &numbers, &budget)
        else {
          return nil
        }
        next = node
      }
      return next
    }
  }

  /// Cuts the characters into sets of which each set of the patterns has all or none.
  private mutating func makeClasses(of sets: [ScalarSet]) -> Bool {
    var bounds: Set<UInt32> = [0]
    for set in sets {
      for range in set.ranges {
        bounds.insert(range.lowerBound)
        bounds.insert(range.upperBound + 1)
      }
    }
    guard bounds.count * sets.count < Self.maximumWork else { return false }
    let sorted = bounds.sorted()
    var ranges: [[Bool]: [ScalarSet.Range]] = [:]
    for (index, first) in sorted.enumerated() where first <= 0x10FFFF {
      let last = index + 1 < sorted.count ? sorted[index + 1] - 1 : 0x10FFFF
      ranges[sets.map { $0.overlaps(first ... first) }, default: []].append(first ... last)
    }
    self.classes = ranges.map { (ScalarSet($0.value).intersection(.all), $0.key) }
      .filter { $0.isIn.contains(true) && !$0.set.isEmpty }
      .sorted { $0.set.ranges[0].lowerBound < $1.set.ranges[0].lowerBound }
    return true
  }

  /// - Returns: false when there are too many.
  private mutating func makeStates(
    _ minimum: Int,
    _ maximum: Int?,
    _ meter: inout CompilationWork
  ) throws(GrammarError) -> Bool {
    self.states = []
    var numbers: [Position: Int] = [:]
    var positions: [Position] = []
    func number(of position: Position, _ states: inout [State]) -> Int {
      if let known = numbers[position] { return known }
      numbers[position] = positions.count
      positions.append(position)
      let mayEnd =
        position.length >= minimum
        && position.nodes.allSatisfy { nodes in
          nodes.contains { if case .end = self.nodes[Int($0)] { true } else { false } }
        }
      states.append(State(mayEnd: mayEnd))
      return positions.count - 1
    }
    var states: [State] = []
    _ = number(of: Position(nodes: self.starts.map { self.closure([$0]) }, length: 0), &states)
    var index = 0
    while index < positions.count {
      guard positions.count <= self.maximumStates else { return false }
      let position = positions[index]
      if maximum.map({ position.length < $0 }) ?? true {
        var targets: [Int: [ScalarSet.Range]] = [:]
        for (set, isIn) in self.classes {
          let nodes = position.nodes.map { nodes in
            self.closure(
              nodes.compactMap {
                guard case .characters(let number, let next) = self.nodes[Int($0)], isIn[number]
                else {
                  return nil
                }
                return next
              }
            )
          }
          let cost = position.nodes.reduce(1) { $0 + $1.count }
          self.work += cost
          try meter.add(cost)
          guard self.work < self.maximumStates * Self.workPerState else { return false }
          if nodes.contains([]) { continue }
          let length =
            maximum == nil ? min(position.length + 1, minimum) : position.length + 1
          let target = number(of: Position(nodes: nodes, length: length), &states)
          targets[target, default: []] += set.ranges
        }
        states[index].steps = targets.sorted { $0.key < $1.key }
          .map { (ScalarSet($0.value), to: $0.key) }
      }
      index += 1
    }
    self.states = states
    return true
  }

  /// The nodes at characters, or at the end, that some nodes lead to.
  private mutating func closure(_ starts: [Int]) -> [Int32] {
    if starts.isEmpty { return [] }
    var open = starts
    self.visit += 1
    while self.visits.count < self.nodes.count { self.visits.append(0) }
    var result: [Int32] = []
    while let node = open.popLast() {
      guard self.visits[node] != self.visit else { continue }
      self.visits[node] = self.visit
      if case .split(let nodes) = self.nodes[node] {
        open += nodes
      } else {
        result.append(Int32(node))
      }
    }
    return result.sorted()
  }
}
