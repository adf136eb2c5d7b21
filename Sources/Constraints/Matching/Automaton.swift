/// Follows texts through a grammar, byte by byte, and remembers each step that it has made.
///
/// A state is all ways in which the text so far may go on. Each way is a stack of what has to
/// follow; stacks share their lower parts. States and steps are made when they are first needed,
/// so that a text which goes on as others did costs a look into a table for each byte.
final class Automaton {
  /// Counts the places of stacks that are looked at; beyond it a grammar is refused for its price.
  static let maximumWork = 500_000
  /// Remembered states, beyond which they are forgotten when it is convenient.
  private static let maximumStates = 4_000

  /// What has to follow: the element at `position`, and then what `parent` says.
  private struct Place: Hashable {
    var parent: Int32
    var position: Int32
  }

  private struct State {
    /// Places whose elements are bytes.
    var places: [Int32]
    /// Whether the text may end here.
    var mayEnd: Bool
    /// The state after each byte: 0 for none, -1 where that is not known yet. Empty at first.
    var steps: [Int32] = []
    var allowed: TokenSet?
  }

  /// The state of no text.
  private(set) var start: Int32 = 0
  /// Nothing has to follow.
  private static let nothing: Int32 = 0
  /// No text leads here.
  static let dead: Int32 = 0

  private let grammar: Grammar
  private let vocabulary: TokenVocabulary
  private var places = [Place(parent: -1, position: -1)]
  private var placeNumbers: [Place: Int32] = [:]
  private var states = [State(places: [], mayEnd: false)]
  private var stateNumbers: [[Int32]: Int32] = [[]: dead]
  private var work = 0

  /// - Throws: `GrammarError` when the grammar may begin in too many ways.
  init(_ grammar: Grammar, _ vocabulary: TokenVocabulary) throws(GrammarError) {
    self.grammar = grammar
    self.vocabulary = vocabulary
    self.start = try self.state(
      after: grammar.alternatives[grammar.root].map {
        self.place(at: Int32($0), parent: Self.nothing)
      }
    )
  }

  func mayEnd(_ state: Int32) -> Bool { self.states[Int(state)].mayEnd }

  /// Whether more text may follow.
  func mayGoOn(_ state: Int32) -> Bool { !self.states[Int(state)].places.isEmpty }

  /// The state after some bytes; `dead` when they may not follow.
  func state(
    after bytes: some Sequence<UInt8>,
    from state: Int32
  ) throws(GrammarError) -> Int32 {
    self.work = 0
    var state = state
    for byte in bytes {
      state = try self.step(state, byte)
      if state == Self.dead { break }
    }
    return state
  }

  /// The tokens that may follow.
  func allowed(_ state: Int32) throws(GrammarError) -> TokenSet {
    if let known = self.states[Int(state)].allowed { return known }
    self.work = 0
    var allowed = TokenSet(capacity: self.vocabulary.count)
    let vocabulary = self.vocabulary
    // The states after each byte of the token at hand.
    var path = [state]
    var index = 0
    while index < vocabulary.tokens.count {
      path.removeSubrange((vocabulary.shared[index] + 1)...)
      let end = vocabulary.offsets[index + 1]
      var offset = vocabulary.offsets[index] + path.count - 1
      while offset < end {
        let next = try self.step(path[path.count - 1], vocabulary.bytes[offset])
        if next == Self.dead { break }
        path.append(next)
        offset += 1
      }
      if offset == end { allowed.insert(vocabulary.tokens[index]) }
      index += 1
      // Those that begin with the byte that was refused are refused, too.
      if offset < end {
        while index < vocabulary.tokens.count, vocabulary.shared[index] >= path.count { index += 1 }
      }
    }
    self.states[Int(state)].allowed = allowed
    return allowed
  }

  /// Whether so much is remembered that it is time to forget.
  var isLarge: Bool {
    self.states.count > Self.maximumStates || self.places.count > Self.maximumWork
  }

  /// Starts anew in a state of an automaton, without what that one remembers.
  init(_ automaton: Automaton, in state: Int32) {
    self.grammar = automaton.grammar
    self.vocabulary = automaton.vocabulary
    let old = automaton.states[Int(state)]
    var needed: Set<Int32> = []
    for place in old.places {
      var place = place
      while place != Self.nothing, needed.insert(place).inserted {
        place = automaton.places[Int(place)].parent
      }
    }
    // What is below a place is older than the place.
    var numbers = [Self.nothing: Self.nothing]
    for place in needed.sorted() {
      let old = automaton.places[Int(place)]
      numbers[place] = self.place(at: old.position, parent: numbers[old.parent] ?? Self.nothing)
    }
    self.start = self.number(of: old.places.compactMap { numbers[$0] }, mayEnd: old.mayEnd)
  }
}

/// Steps.
extension Automaton {
  private func step(_ state: Int32, _ byte: UInt8) throws(GrammarError) -> Int32 {
    if state == Self.dead { return Self.dead }
    if self.states[Int(state)].steps.isEmpty {
      self.states[Int(state)].steps = Array(repeating: -1, count: 256)
    }
    let known = self.states[Int(state)].steps[Int(byte)]
    if known >= 0 { return known }
    var next: [Int32] = []
    for number in self.states[Int(state)].places {
      let place = self.places[Int(number)]
      guard
        case .byte(let bytes) = self.grammar.elements[Int(place.position)], bytes.contains(byte)
      else { continue }
      next.append(self.place(after: place))
    }
    let result = next.isEmpty ? Self.dead : try self.state(after: next)
    self.states[Int(state)].steps[Int(byte)] = result
    return result
  }

  /// The state that is in some places, of which rules are followed to their first bytes.
  private func state(after places: [Int32]) throws(GrammarError) -> Int32 {
    var open: [Int32] = []
    var seen: Set<Int32> = []
    var atBytes: [Int32] = []
    var mayEnd = false
    func visit(_ place: Int32) {
      if seen.insert(place).inserted { open.append(place) }
    }
    for place in places { visit(place) }
    while let number = open.popLast() {
      self.work += 1
      guard self.work <= Self.maximumWork else {
        throw GrammarError("the text so far can follow it in too many ways")
      }
      guard number != Self.nothing else {
        mayEnd = true
        continue
      }
      let place = self.places[Int(number)]
      switch self.grammar.elements[Int(place.position)] {
      case .byte: atBytes.append(number)
      case .rule(let rule):
        let rest = self.place(after: place)
        for start in self.grammar.alternatives[rule] {
          visit(self.place(at: Int32(start), parent: rest))
        }
      // No place is there: see place(at:parent:).
      case .end: break
      }
    }
    return self.number(of: atBytes, mayEnd: mayEnd)
  }

  /// What has to follow when the element of a place has come.
  private func place(after place: Place) -> Int32 {
    self.place(at: place.position + 1, parent: place.parent)
  }

  private func place(at position: Int32, parent: Int32) -> Int32 {
    // The end of an alternative adds nothing: so repetitions do not pile up.
    if self.grammar.elements[Int(position)] == .end { return parent }
    let place = Place(parent: parent, position: position)
    if let known = self.placeNumbers[place] { return known }
    let number = Int32(self.places.count)
    self.places.append(place)
    self.placeNumbers[place] = number
    return number
  }

  private func number(of places: [Int32], mayEnd: Bool) -> Int32 {
    let sorted = places.sorted()
    // Place 0 is not at a byte: it stands for the end.
    let key = mayEnd ? [Self.nothing] + sorted : sorted
    if let known = self.stateNumbers[key] { return known }
    let number = Int32(self.states.count)
    self.states.append(State(places: sorted, mayEnd: mayEnd))
    self.stateNumbers[key] = number
    return number
  }
}
