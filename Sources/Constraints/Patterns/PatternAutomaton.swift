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

  /// What may be done to make one.
  struct Limits {
    var states: Int
    /// Steps: parts of the patterns written, and looked at for a state and a set of characters.
    var work: Int
  }

  /// How many states there may be at most, and how many parts of the patterns.
  static let maximumStates = 4_000
  private static let maximumParts = 20_000

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
  private let limits: Limits
  /// Which nodes the visit at hand has been at.
  private var visits: [Int] = []
  private var visit = 0

  /// - Parameters:
  ///   - maximum: nil is without end.
  ///   - meter: counts what is done, also in vain.
  /// - Returns: nil when the limits do not suffice.
  init?(
    _ patterns: [Pattern],
    minimum: Int,
    maximum: Int?,
    _ limits: Limits,
    _ meter: inout CompilationWork
  ) throws(GrammarError) {
    self.limits = limits
    var sets: [ScalarSet] = []
    var numbers: [ScalarSet: Int] = [:]
    self.starts = patterns.compactMap { self.addNodes(of: $0, &sets, &numbers) }
    try meter.add(self.work)
    guard self.starts.count == patterns.count else { return nil }
    guard
      try self.makeClasses(of: sets, &meter),
      try self.makeStates(minimum, maximum, &meter)
    else { return nil }
  }

  /// Whether a text follows a pattern.
  ///
  /// - Parameters:
  ///   - maximumWork: how many steps may be made to find out.
  ///   - work: counts them.
  /// - Returns: nil when those do not suffice.
  static func matches(
    _ text: String,
    _ pattern: Pattern,
    maximumWork: Int,
    _ work: inout Int
  ) -> Bool? {
    var automaton = PatternAutomaton(Limits(states: 0, work: maximumWork))
    defer { work += automaton.work }
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
      guard automaton.work <= maximumWork else { return nil }
    }
    return nodes.contains { if case .end = automaton.nodes[Int($0)] { true } else { false } }
  }

  private init(_ limits: Limits) { self.limits = limits }

  /// Writes repetitions out.
  ///
  /// - Returns: the first node; nil when there are too many.
  private mutating func addNodes(
    of pattern: Pattern,
    _ sets: inout [ScalarSet],
    _ numbers: inout [ScalarSet: Int]
  ) -> Int? {
    self.nodes.append(.end)
    let most = min(Self.maximumParts, self.limits.work - self.work)
    var budget = most
    defer { self.work += most - budget }
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
  ///
  /// - Returns: false when that takes too much work.
  private mutating func makeClasses(
    of sets: [ScalarSet],
    _ meter: inout CompilationWork
  ) throws(GrammarError) -> Bool {
    var bounds: Set<UInt32> = [0]
    for set in sets {
      for range in set.ranges {
        bounds.insert(range.lowerBound)
        bounds.insert(range.upperBound + 1)
      }
    }
    self.work += bounds.count * sets.count
    guard self.work < self.limits.work else { return false }
    try meter.add(bounds.count * sets.count)
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

  /// - Returns: false when the limits do not suffice.
  private mutating func makeStates(
    _ minimum: Int,
    _ maximum: Int?,
    _ meter: inout CompilationWork
  ) throws(GrammarError) -> Bool {
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
      let position = positions[index]
      if maximum.map({ position.length < $0 }) ?? true {
        var targets: [Int: [ScalarSet.Range]] = [:]
        let before = self.work
        for (set, isIn) in self.classes where self.hasRoom(positions.count) {
          let nodes = position.nodes.map { nodes in
            self.work += nodes.count
            return self.closure(
              nodes.compactMap {
                guard case .characters(let number, let next) = self.nodes[Int($0)], isIn[number]
                else {
                  return nil
                }
                return next
              }
            )
          }
          self.work += 1
          if nodes.contains([]) { continue }
          let length =
            maximum == nil ? min(position.length + 1, minimum) : position.length + 1
          let target = number(of: Position(nodes: nodes, length: length), &states)
          targets[target, default: []] += set.ranges
        }
        try meter.add(self.work - before)
        guard self.hasRoom(positions.count) else {
          if maximum == nil { return false }
          self.states = self.shortened(states, positions.map(\.length), to: position.length)
          self.isShortened = true
          return self.mayBeReached
        }
        states[index].steps = targets.sorted { $0.key < $1.key }
          .map { (ScalarSet($0.value), to: $0.key) }
      }
      index += 1
    }
    self.states = states
    return true
  }

  private func hasRoom(_ stateCount: Int) -> Bool {
    stateCount <= self.limits.states && self.work < self.limits.work
  }

  /// The states of texts up to a length: states come in the order of their lengths, and those of
  /// shorter texts have all their steps.
  private func shortened(_ states: [State], _ lengths: [Int], to length: Int) -> [State] {
    var length = length
    var end = lengths.firstIndex { $0 > length } ?? lengths.count
    if end > self.limits.states {
      length -= 1
      end = lengths.firstIndex { $0 > length } ?? lengths.count
    }
    return zip(states, lengths).prefix(end).map { state, own in
      own < length ? state : State(mayEnd: state.mayEnd)
    }
  }

  /// Whether some text leads to an end.
  var mayBeReached: Bool { self.states.contains(where: \.mayEnd) }

  /// The nodes at characters, or at the end, that some nodes lead to.
  private mutating func closure(_ starts: [Int]) -> [Int32] {
    if starts.isEmpty { return [] }
    var open = starts
    self.visit += 1
    while self.visits.count < self.nodes.count { self.visits.append(0) }
    var result: [Int32] = []
    while let node = open.popLast() {
      self.work += 1
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
