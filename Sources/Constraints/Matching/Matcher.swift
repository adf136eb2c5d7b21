internal import Synchronization

/// Matches one text with a grammar. What it learns is shared by all texts of the grammar.
public struct Matcher: Sendable {
  private let grammar: Grammar
  private(set) var automaton: Automaton
  private(set) var ways: Automaton.Memory.Ways
  /// How many places were kept when the memory was last cleared.
  private var kept = 0
  private let budget = Budget()

  /// - Parameter vocabulary: the model's tokens.
  /// - Throws: `GrammarError` when a text can match the grammar in too many ways, or the task is
  ///   cancelled.
  public init(_ grammar: Grammar, _ vocabulary: TokenVocabulary) throws(GrammarError) {
    self.grammar = grammar
    self.automaton = grammar.automaton(for: vocabulary)
    self.ways = Automaton.Memory.Ways()
    self.ways = try self.withMemory { memory throws(GrammarError) in try memory.start() }
  }

  /// Whether the text so far matches the grammar completely.
  public var mayEnd: Bool { self.ways.mayEnd }

  /// Whether anything may follow.
  public var mayGoOn: Bool { !self.ways.places.isEmpty }

  /// Whether some bytes may follow.
  ///
  /// - Throws: as `init`.
  public func allows(_ bytes: some Sequence<UInt8>) throws(GrammarError) -> Bool {
    let ways = self.ways
    let next = try self.withMemory { memory throws(GrammarError) in
      try memory.ways(after: bytes, from: ways)
    }
    return !next.places.isEmpty || next.mayEnd
  }

  /// The tokens that may follow, without those that add no text.
  ///
  /// - Throws: as `init`.
  public func allowedTokens() throws(GrammarError) -> TokenSet {
    let ways = self.ways
    return try self.withMemory { memory throws(GrammarError) in try memory.allowed(ways) }
  }

  /// Adds bytes to the text. After bytes that are not allowed, it can neither end nor continue.
  ///
  /// - Throws: as `init`, and when the text is nested too deeply.
  public mutating func append(_ bytes: some Sequence<UInt8>) throws(GrammarError) {
    let (ways, kept) = (self.ways, self.kept)
    self.budget.refill()
    let (next, isLarge) = try self.withMemory { memory throws(GrammarError) in
      let next = try memory.ways(after: bytes, from: ways)
      return (next, memory.isLarge(kept))
    }
    self.ways = next
    if isLarge { try self.forget() }
  }

  /// Continues with an automaton that knows only where the text is: the one that others have
  /// switched to, or a new one.
  private mutating func forget() throws(GrammarError) {
    let ways = self.ways
    let next = self.grammar.automaton(for: self.automaton.vocabulary, after: self.automaton)
    (self.ways, self.kept) = try self.automaton.withMemory { old throws(GrammarError) in
      // The old one is locked first, which cannot deadlock, because an old one never comes back.
      try next.withMemory { memory throws(GrammarError) in
        let before = memory.places.count
        let ways = try memory.take(ways, from: old)
        return (ways, memory.places.count - before)
      }
    }
    self.automaton = next
  }

  private func withMemory<Result: Sendable>(
    _ body: (inout Automaton.Memory) throws(GrammarError) -> Result
  ) throws(GrammarError) -> Result {
    let limit = min(self.budget.rest, Automaton.Memory.maximumCallWork)
    return try self.automaton.withMemory { memory throws(GrammarError) in
      memory.work = 0
      memory.maximumWork = limit
      defer { self.budget.spend(memory.work) }
      return try body(&memory)
    }
  }
}

/// The work that a matcher and its copies may still do: much at first, when little is known about
/// the grammar, then a little per token.
final class Budget: Sendable {
  private static let first = 1_000_000
  private static let perToken = 2_000
  private let work = Atomic<Int>(Budget.first)

  var rest: Int { max(0, self.work.load(ordering: .relaxed)) }

  func spend(_ amount: Int) { self.work.subtract(amount, ordering: .relaxed) }

  func refill() {
    if self.rest < Self.first { self.work.add(Self.perToken, ordering: .relaxed) }
  }
}

extension Grammar {
  /// The automaton that all texts with a vocabulary share.
  fileprivate func automaton(for vocabulary: TokenVocabulary) -> Automaton {
    self.shared.automata.withLock { automata in
      if let known = automata.first(where: { $0.vocabulary.isSame(as: vocabulary) }) {
        return known
      }
      let made = Automaton(Automaton.Memory(self.rules, vocabulary))
      automata.append(made)
      return made
    }
  }

  /// The automaton that replaces one that has grown too large.
  fileprivate func automaton(
    for vocabulary: TokenVocabulary,
    after large: Automaton
  ) -> Automaton {
    self.shared.automata.withLock { automata in
      guard let index = automata.firstIndex(where: { $0.vocabulary.isSame(as: vocabulary) }) else {
        return Automaton(Automaton.Memory(self.rules, vocabulary))
      }
      if automata[index] === large {
        automata[index] = Automaton(Automaton.Memory(self.rules, vocabulary))
      }
      return automata[index]
    }
  }
}

extension Matcher {
  /// How much the shared automaton remembers.
  var memorySize: (places: Int, states: Int, placesOfStates: Int, masks: Int) {
    self.automaton.size
  }
}
