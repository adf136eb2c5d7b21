/// A deterministic automaton for texts that match several patterns at once and have a length within
/// limits, with reachable states only.
struct PatternAutomaton {
  struct State {
    /// The characters that lead to other states.
    var steps: [(ScalarSet, to: Int)] = []
    var mayEnd: Bool
  }

  private(set) var states: [State] = []
  /// Whether texts are shorter than they could be.
  private(set) var isShortened = false

  /// The limits of making one.
  struct Limits {
    var states: Int
    /// The most steps: visits of a part of a pattern for a state and a set of characters.
    var work: Int
    /// Whether to stop at the first text, when only its existence matters.
    var endsAtText = false
  }

  /// The most states.
  static let maximumStates = 4_000
  /// The steps that making a set of characters or looking up a state counts as, so that steps
  /// measure time.
  private static let setWork = 8

  private struct Position: Hashable {
    /// The numbers of each pattern's nodes.
    var nodes: [[Int32]]
    var length: Int
  }

  private let patterns: [PatternNodes]
  /// The classes of characters, and which sets of each pattern contain them.
  private var classes: [(set: ScalarSet, isIn: [[Bool]])] = []
  private var work = 0
  private let limits: Limits
  /// The last visit to each pattern's nodes.
  private var visits: [[Int]]
  private var visit = 0

  /// - Parameters:
  ///   - maximum: nil is unlimited.
  ///   - meter: counts the steps, even of a failure.
  /// - Returns: nil when a limit is reached.
  init?(
    _ patterns: [PatternNodes],
    minimum: Int,
    maximum: Int?,
    _ limits: Limits,
    _ meter: inout CompilationWork
  ) throws(GrammarError) {
    self.init(patterns, limits)
    guard
      try self.makeClasses(&meter),
      try self.makeStates(minimum, maximum, &meter)
    else { return nil }
  }

  /// Whether a text follows a pattern.
  ///
  /// - Parameters:
  ///   - maximumWork: the most steps.
  ///   - work: counts them.
  /// - Returns: nil when that limit is reached.
  static func matches(
    _ text: String,
    _ pattern: PatternNodes,
    maximumWork: Int,
    _ work: inout Int
  ) -> Bool? {
    var automaton = PatternAutomaton([pattern], Limits(states: 0, work: maximumWork))
    defer { work += automaton.work }
    var nodes = automaton.closure([pattern.start], in: 0)
    for scalar in text.unicodeScalars {
      nodes = automaton.closure(
        nodes.compactMap {
          guard case .characters(let set, let next) = pattern.nodes[Int($0)],
            pattern.sets[set].contains(scalar)
          else { return nil }
          return next
        },
        in: 0
      )
      if nodes.isEmpty { return false }
      guard automaton.work <= maximumWork else { return nil }
    }
    return nodes.contains { if case .end = pattern.nodes[Int($0)] { true } else { false } }
  }

  private init(_ patterns: [PatternNodes], _ limits: Limits) {
    self.patterns = patterns
    self.limits = limits
    self.visits = patterns.map { Array(repeating: 0, count: $0.nodes.count) }
  }

  /// Splits the characters into classes, each inside or outside of each set of the patterns.
  ///
  /// - Returns: false when that takes too much work.
  private mutating func makeClasses(
    _ meter: inout CompilationWork
  ) throws(GrammarError) -> Bool {
    let setCount = self.patterns.reduce(0) { $0 + $1.sets.count }
    var bounds: Set<UInt32> = [0]
    for set in self.patterns.lazy.flatMap(\.sets) {
      for range in set.ranges {
        bounds.insert(range.lowerBound)
        bounds.insert(range.upperBound + 1)
      }
    }
    let work = bounds.count * (setCount + Self.setWork)
    self.work += work
    try meter.add(min(work, self.limits.work))
    guard self.work < self.limits.work else { return false }
    let sorted = bounds.sorted()
    var ranges: [[[Bool]]: [ScalarSet.Range]] = [:]
    for (index, first) in sorted.enumerated() where first <= 0x10FFFF {
      let last = index + 1 < sorted.count ? sorted[index + 1] - 1 : 0x10FFFF
      let isIn = self.patterns.map { $0.sets.map { $0.overlaps(first ... first) } }
      // A character in no set of one pattern is in no text.
      if isIn.allSatisfy({ $0.contains(true) }) { ranges[isIn, default: []].append(first ... last) }
    }
    self.classes = ranges.map { (ScalarSet($0.value).intersection(.all), $0.key) }
      .filter { !$0.set.isEmpty }
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
        && zip(position.nodes, self.patterns).allSatisfy { nodes, pattern in
          nodes.contains { if case .end = pattern.nodes[Int($0)] { true } else { false } }
        }
      states.append(State(mayEnd: mayEnd))
      return positions.count - 1
    }
    var states: [State] = []
    var counted = self.work
    let start = self.patterns.indices.map { self.closure([self.patterns[$0].start], in: $0) }
    _ = number(of: Position(nodes: start, length: 0), &states)
    var index = 0
    while index < positions.count {
      if self.limits.endsAtText, states[index].mayEnd { break }
      let position = positions[index]
      if maximum.map({ position.length < $0 }) ?? true {
        var targets: [Int: [ScalarSet.Range]] = [:]
        for (set, isIn) in self.classes where self.hasRoom(positions.count) {
          self.work += Self.setWork
          var nodes: [[Int32]] = []
          for (pattern, own) in position.nodes.enumerated() where nodes.last != [] {
            self.work += own.count
            let next = own.compactMap { node -> Int? in
              guard case .characters(let set, let next) = self.patterns[pattern].nodes[Int(node)],
                isIn[pattern][set]
              else { return nil }
              return next
            }
            nodes.append(self.closure(next, in: pattern))
          }
          if nodes.last == [] { continue }
          let length =
            maximum == nil ? min(position.length + 1, minimum) : position.length + 1
          let target = number(of: Position(nodes: nodes, length: length), &states)
          targets[target, default: []] += set.ranges
        }
        try meter.add(self.work - counted)
        counted = self.work
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
    try meter.add(self.work - counted)
    self.states = states
    return true
  }

  private func hasRoom(_ stateCount: Int) -> Bool {
    stateCount <= self.limits.states && self.work < self.limits.work
  }

  /// The states of texts up to a length. States are in the order of length, and those of shorter
  /// texts have all their steps.
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

  /// Whether any text matches.
  var mayBeReached: Bool { self.states.contains(where: \.mayEnd) }

  /// The nodes at characters, or at the end, that can be reached from some nodes of a pattern.
  private mutating func closure(_ starts: [Int], in pattern: Int) -> [Int32] {
    if starts.isEmpty { return [] }
    var open = starts
    self.visit += 1
    var result: [Int32] = []
    while let node = open.popLast() {
      self.work += 1
      guard self.visits[pattern][node] != self.visit else { continue }
      self.visits[pattern][node] = self.visit
      if case .split(let nodes) = self.patterns[pattern].nodes[node] {
        open += nodes
      } else {
        result.append(Int32(node))
      }
    }
    return result.sorted()
  }
}
