/// Analyses the rules before any text.
struct RuleAnalysis {
  private(set) var rules: Grammar.Rules
  /// Whether each rule allows any text.
  private(set) var isProductive: [Bool] = []
  /// Whether each rule allows the empty text.
  private var isNullable: [Bool] = []

  init(_ rules: Grammar.Rules) {
    self.rules = rules
  }

  /// Removes what no text matches.
  mutating func run(_ work: inout CompilationWork) throws(GrammarError) {
    self.isProductive = try self.rules(&work) { element, rules in
      switch element {
      case .rule(let rule): .needs([rule])
      case .repetition(let number):
        rules.repetitions[Int(number)].minimum == 0
          ? .holds : .needs([rules.repetitions[Int(number)].rule])
      case .members(let number): .members(rules.memberTables[Int(number)])
      case .scalar(let number): rules.scalarSets[Int(number)].isEmpty ? .fails : .holds
      case .text(let number): rules.textSets[Int(number)].texts.isEmpty ? .fails : .holds
      default: .holds
      }
    }
    try self.removeImpossible(&work)
    self.isNullable = try self.rules(&work) { element, rules in
      switch element {
      case .rule(let rule): .needs([rule])
      case .repetition(let number):
        rules.repetitions[Int(number)].minimum == 0
          ? .holds : .needs([rules.repetitions[Int(number)].rule])
      case .members(let number):
        rules.memberTables[Int(number)].minimum == 0
          && rules.memberTables[Int(number)].requiredCount == 0 ? .holds : .fails
      default: .fails
      }
    }
    // Something that may be empty need not be repeated.
    for (index, repetition) in self.rules.repetitions.enumerated()
    where self.isNullable[Int(repetition.rule)] {
      self.rules.repetitions[index].minimum = 0
    }
  }

  private mutating func removeImpossible(_ work: inout CompilationWork) throws(GrammarError) {
    for index in self.rules.memberTables.indices {
      var table = self.rules.memberTables[index]
      try work.add(table.values.count)
      table.isPossible = table.valueRules.map { self.isProductive[Int($0)] }
      if let other = table.other {
        table.other?.isPossible =
          self.isProductive[Int(other.valueRule)]
          && other.nameRule.map { self.isProductive[Int($0)] } != false
      }
      table.prepare()
      self.rules.memberTables[index] = table
    }
    for (rule, starts) in self.rules.alternatives.enumerated() {
      self.rules.alternatives[rule] = starts.filter { start in
        self.sequence(at: start).allSatisfy { element in
          switch element {
          case .rule(let rule): return self.isProductive[Int(rule)]
          case .repetition(let number):
            let repetition = self.rules.repetitions[Int(number)]
            return repetition.minimum == 0 || self.isProductive[Int(repetition.rule)]
          case .members(let number):
            let table = self.rules.memberTables[Int(number)]
            return zip(table.isRequired, table.isPossible).allSatisfy { !$0 || $1 }
              && table.canReachMinimum
          case .scalar(let number): return !self.rules.scalarSets[Int(number)].isEmpty
          case .text(let number): return !self.rules.textSets[Int(number)].texts.isEmpty
          default: return true
          }
        }
      }
    }
  }

  private func sequence(at start: Int32) -> ArraySlice<Grammar.Element> {
    self.rules.elements[Int(start)...].prefix { $0 != .end }
  }

  private enum Condition {
    case holds, fails
    /// Each of these rules must meet the condition.
    case needs([Int32])
    /// The rules of required members must, and as many others as the minimum needs.
    case members(MemberTable)
  }

  /// The rules with an alternative whose elements all meet the condition.
  private func rules(
    _ work: inout CompilationWork,
    with condition: (Grammar.Element, Grammar.Rules) -> Condition
  ) throws(GrammarError) -> [Bool] {
    var result = Array(repeating: false, count: self.rules.alternatives.count)
    // How many rules each alternative waits for, and its own rule.
    var missing: [(count: Int, rule: Int32)] = []
    var users: [[Int32]] = Array(repeating: [], count: result.count)
    var found: [Int32] = []
    /// Adds a node that meets the condition when that many of some rules do, numbered like a rule.
    func add(_ needed: [Int32], count: Int) -> Int32 {
      let number = Int32(result.count)
      result.append(false)
      users.append([])
      wait(for: needed, count: count, number)
      return number
    }
    func wait(for needed: [Int32], count: Int, _ rule: Int32) {
      if count <= 0 { found.append(rule) }
      for other in needed { users[Int(other)].append(Int32(missing.count)) }
      missing.append((count, rule))
    }
    for (rule, starts) in self.rules.alternatives.enumerated() {
      for start in starts {
        var needed: [Int32] = []
        var fails = false
        for element in self.sequence(at: start) {
          try work.add()
          switch condition(element, self.rules) {
          case .holds: continue
          case .fails: fails = true
          case .needs(let rules): needed += rules
          case .members(let table):
            try work.add(table.values.count)
            needed += zip(table.valueRules, table.isRequired).filter { $0.1 }.map { $0.0 }
            var all = table.valueRules
            if let other = table.other {
              let both = [other.valueRule] + (other.nameRule.map { [$0] } ?? [])
              all.append(add(both, count: both.count))
            }
            if table.minimum > 0 { needed.append(add(all, count: Int(table.minimum))) }
          }
        }
        if fails { continue }
        try work.add(needed.count)
        wait(for: needed, count: needed.count, Int32(rule))
      }
    }
    while let rule = found.popLast() {
      if result[Int(rule)] { continue }
      result[Int(rule)] = true
      for user in users[Int(rule)] {
        try work.add()
        missing[Int(user)].count -= 1
        if missing[Int(user)].count == 0 { found.append(missing[Int(user)].rule) }
      }
    }
    return result
  }
}

/// Left recursion.
extension RuleAnalysis {
  /// A rule that leads back to itself without consuming a byte: matching it would not end.
  func leftRecursiveRule(_ work: inout CompilationWork) throws(GrammarError) -> Int32? {
    var successors: [[Int32]] = Array(repeating: [], count: self.rules.alternatives.count)
    var growing: [(from: Int32, to: Int32)] = []
    for (rule, starts) in self.rules.alternatives.enumerated() {
      for start in starts {
        let sequence = self.sequence(at: start)
        elements: for (index, element) in sequence.enumerated() {
          try work.add()
          let next: Int32
          var isOptional = false
          var comesBack = index < sequence.count - 1
          switch element {
          case .rule(let other): next = other
          case .repetition(let number):
            let repetition = self.rules.repetitions[Int(number)]
            (next, isOptional, comesBack) = (repetition.rule, repetition.minimum == 0, true)
          case .members(let number):
            // It always begins with a name or a separator.
            let table = self.rules.memberTables[Int(number)]
            guard table.minimum == 0, table.requiredCount == 0 else { break elements }
            continue
          default: break elements
          }
          successors[rule].append(next)
          if comesBack { growing.append((Int32(rule), next)) }
          if !isOptional, !self.isNullable[Int(next)] { break elements }
        }
      }
    }
    let components = try Self.components(successors, &work)
    return growing.first { components[Int($0.from)] == components[Int($0.to)] }?.from
  }

  /// Numbers the strongly connected components of the rules (Tarjan 1972).
  private static func components(
    _ successors: [[Int32]],
    _ work: inout CompilationWork
  ) throws(GrammarError) -> [Int32] {
    let count = successors.count
    var component = Array(repeating: Int32(-1), count: count)
    var order = Array(repeating: Int32(-1), count: count)
    var lowest = Array(repeating: Int32(0), count: count)
    var isOpen = Array(repeating: false, count: count)
    var open: [Int32] = []
    var visited: Int32 = 0
    for root in 0 ..< count where order[root] < 0 {
      var path: [(node: Int, next: Int)] = [(root, 0)]
      while let (node, next) = path.last {
        try work.add()
        if next == 0 {
          order[node] = visited
          lowest[node] = visited
          visited += 1
          open.append(Int32(node))
          isOpen[node] = true
        }
        if next < successors[node].count {
          path[path.count - 1].next += 1
          let other = Int(successors[node][next])
          if order[other] < 0 {
            path.append((other, 0))
          } else if isOpen[other] {
            lowest[node] = min(lowest[node], order[other])
          }
          continue
        }
        if lowest[node] == order[node] {
          while let other = open.popLast() {
            isOpen[Int(other)] = false
            component[Int(other)] = Int32(node)
            if Int(other) == node { break }
          }
        }
        path.removeLast()
        if let parent = path.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
      }
    }
    return component
  }
}
