/// What can be known of rules before any text.
extension GrammarBuilder {
  /// The alternatives of each rule that some text ends.
  func productiveAlternatives() -> [[Int]] {
    let isProductive = self.rules { _ in true }
    return self.alternatives.map { starts in
      starts.filter { start in
        self.sequence(at: start).allSatisfy { element in
          if case .rule(let rule) = element { isProductive[rule] } else { true }
        }
      }
    }
  }

  /// A rule that comes back to itself without a byte between, and with more to do each time: the
  /// ways to follow it would have no end.
  ///
  /// - Parameter alternatives: those of each rule that count.
  func leftRecursiveRule(_ alternatives: [[Int]]) -> String? {
    let isNullable = self.rules { element in
      if case .byte = element { false } else { true }
    }
    var successors = Array(repeating: Set<Int>(), count: alternatives.count)
    var growing: [(from: Int, to: Int)] = []
    for (rule, starts) in alternatives.enumerated() {
      for start in starts {
        let sequence = self.sequence(at: start)
        for (index, element) in sequence.enumerated() {
          guard case .rule(let next) = element else { break }
          let isLast = index == sequence.count - 1
          // Coming back to itself in the end is a loop that repetitions have.
          if !isLast || next != rule { successors[rule].insert(next) }
          if !isLast { growing.append((rule, next)) }
          if !isNullable[next] { break }
        }
      }
    }
    let isOnCycle = Self.rulesOnCycles(successors)
    return growing.first { isOnCycle[$0.from] && isOnCycle[$0.to] }.map { self.names[$0.from] }
  }

  private func sequence(at start: Int) -> ArraySlice<Grammar.Element> {
    self.elements[start...].prefix { $0 != .end }
  }

  /// The rules with an alternative of which each element is allowed, and each rule among them is
  /// such a rule.
  private func rules(with isAllowed: (Grammar.Element) -> Bool) -> [Bool] {
    var result = Array(repeating: false, count: self.alternatives.count)
    // How many elements of each alternative are rules that are not known to be such yet.
    var missing: [Int: Int] = [:]
    var users = Array(repeating: [(rule: Int, start: Int)](), count: self.alternatives.count)
    var found: [Int] = []
    for (rule, starts) in self.alternatives.enumerated() {
      for start in starts {
        let sequence = self.sequence(at: start)
        guard sequence.allSatisfy(isAllowed) else { continue }
        missing[start] = 0
        for case .rule(let used) in sequence {
          users[used].append((rule, start))
          missing[start, default: 0] += 1
        }
        if missing[start] == 0 { found.append(rule) }
      }
    }
    while let rule = found.popLast() {
      if result[rule] { continue }
      result[rule] = true
      for user in users[rule] {
        missing[user.start, default: 0] -= 1
        if missing[user.start] == 0 { found.append(user.rule) }
      }
    }
    return result
  }

  /// The rules that are on a cycle, or on a way from one to another: what is left when the others
  /// are taken away from their ends.
  private static func rulesOnCycles(_ successors: [Set<Int>]) -> [Bool] {
    var predecessors = Array(repeating: Set<Int>(), count: successors.count)
    for (rule, next) in successors.enumerated() {
      for other in next { predecessors[other].insert(rule) }
    }
    var result = Array(repeating: true, count: successors.count)
    for (forward, backward) in [(successors, predecessors), (predecessors, successors)] {
      var remaining = forward.map(\.count)
      var ends = remaining.indices.filter { remaining[$0] == 0 }
      while let end = ends.popLast() {
        result[end] = false
        for rule in backward[end] {
          remaining[rule] -= 1
          if remaining[rule] == 0 { ends.append(rule) }
        }
      }
    }
    return result
  }
}
