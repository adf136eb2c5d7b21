internal import Synchronization

/// What matchers have learned about a grammar and a vocabulary, shared by them.
final class Automaton: Sendable {
  private let memory: Mutex<Memory>
  let vocabulary: TokenVocabulary

  init(_ memory: Memory) {
    self.vocabulary = memory.vocabulary
    self.memory = Mutex(memory)
  }

  func withMemory<Result: Sendable>(
    _ body: (inout Memory) throws(GrammarError) -> Result
  ) throws(GrammarError) -> Result {
    try self.memory.withLock { (memory: inout Memory) throws(GrammarError) -> Result in
      try body(&memory)
    }
  }

  /// How much is remembered.
  var size: (places: Int, states: Int, placesOfStates: Int, masks: Int) {
    self.memory.withLock { ($0.places.count, $0.states.count, $0.placesOfStates, $0.maskCount) }
  }

  /// Matches texts with a grammar, byte by byte.
  ///
  /// All ways in which a text can continue are a list of places at bytes. The tokens that may
  /// follow are found through states, which remember where each byte leads; states use near places
  /// (`PlaceTable`), so that texts in similar places share them.
  struct Memory: Sendable {
    /// All ways in which a text can continue.
    struct Ways: Hashable, Sendable {
      /// In order, each at an element made of bytes.
      var places: [Int32] = []
      /// Whether the text may end here.
      var mayEnd = false
    }

    struct State: Sendable {
      var ways: Ways
      /// The bytes that may follow, perhaps with others.
      var bytes: ByteSet
      /// Where its row in `tables` begins; -1 for a state with few bytes.
      var table: Int32 = -1
      /// The states after single bytes.
      var steps: [(byte: UInt8, state: Int32)] = []
      var allowed: TokenSet?
    }

    let rules: Grammar.Rules
    let vocabulary: TokenVocabulary
    var places = PlaceTable()
    var texts = NumberTable<TextPosition>()
    var members = NumberTable<MemberTable.State>()
    var states: [State] = []
    var stateNumbers: [Ways: Int32] = [:]
    /// The number of places in all states.
    var placesOfStates = 0
    /// For states with many bytes, the state after each byte; -1 if not known yet.
    var tables: [Int32] = []
    var maskCount = 0
    /// How many places the current call has visited, and how many it may visit.
    var work = 0
    var maximumWork = 0
    /// The last visit to each place.
    var visits: [Int32] = []
    var visit: Int32 = 0

    /// The state that no text reaches.
    static let dead: Int32 = 0

    init(_ rules: Grammar.Rules, _ vocabulary: TokenVocabulary) {
      self.rules = rules
      self.vocabulary = vocabulary
      _ = self.number(of: Ways())
      // Number 0 is the beginning of each set of texts.
      _ = self.texts.number(of: TextPosition(low: -1, high: -1, depth: 0))
    }
  }
}

/// A position in a set of texts: those from `low` to `high` begin with the bytes so far.
struct TextPosition: Hashable, Sendable {
  var low: Int32
  var high: Int32
  var depth: Int32
  /// Whether it may still become an undeclared name.
  var mayBeOther = true
  /// The state of the current character: see `NameBytes`.
  var character: UInt8 = 0
}

/// Whole texts.
extension Automaton.Memory {
  /// The most work of one call, and the most that is remembered.
  static let maximumCallWork = 200_000
  static let maximumPlaces = 40_000
  static let maximumStates = 2_000
  static let maximumPlacesOfStates = 400_000
  static let maximumTables = 400
  static let maximumMasks = 64

  /// The ways of the empty text.
  mutating func start() throws(GrammarError) -> Ways {
    let starts = self.rules.alternatives[Int(self.rules.root)]
    return try self.ways(from: starts.map { self.place(at: $0, parent: PlaceTable.nothing) })
  }

  mutating func ways(
    after bytes: some Sequence<UInt8>,
    from ways: Ways
  ) throws(GrammarError) -> Ways {
    var ways = ways
    for byte in bytes {
      ways = try self.step(ways, byte)
      if ways.places.isEmpty, !ways.mayEnd { break }
    }
    return ways
  }

  /// The tokens that may follow.
  mutating func allowed(_ ways: Ways) throws(GrammarError) -> TokenSet {
    let near = Ways(
      places: Self.ordered(ways.places.map { self.places.near($0) }),
      mayEnd: ways.mayEnd
    )
    let state = self.number(of: near)
    if let known = self.states[Int(state)].allowed { return known }
    let allowed = try self.tokens(from: state)
    if self.maskCount >= Self.maximumMasks {
      for index in self.states.indices { self.states[index].allowed = nil }
      self.maskCount = 0
    }
    self.states[Int(state)].allowed = allowed
    self.maskCount += 1
    return allowed
  }

  private mutating func tokens(from state: Int32) throws(GrammarError) -> TokenSet {
    var allowed = TokenSet(capacity: self.vocabulary.count)
    let vocabulary = self.vocabulary
    // The states after each byte of the current token.
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
      // Tokens with the same refused prefix are skipped.
      if offset < end {
        while index < vocabulary.tokens.count, vocabulary.shared[index] >= path.count { index += 1 }
      }
    }
    return allowed
  }

  /// Whether so much is remembered that the memory should be cleared.
  func isLarge(_ kept: Int) -> Bool {
    self.places.count > max(Self.maximumPlaces, kept * 2)
      || self.states.count > Self.maximumStates
      || self.placesOfStates > Self.maximumPlacesOfStates
      || self.tables.count > Self.maximumTables * 256
  }

  /// Copies the ways of another memory of the same grammar.
  ///
  /// - Throws: when there are more places than may be kept.
  mutating func take(_ ways: Ways, from other: Self) throws(GrammarError) -> Ways {
    var needed: Set<Int32> = []
    for place in ways.places {
      var place = place
      while place != PlaceTable.nothing, needed.insert(place).inserted {
        place = other.places[place].parent
      }
    }
    guard needed.count <= Self.maximumPlaces else {
      throw GrammarError("the text so far is nested too deeply to continue")
    }
    // Places below a place have smaller numbers.
    var numbers = [PlaceTable.nothing: PlaceTable.nothing]
    for number in needed.sorted() {
      var place = other.places[number]
      place.parent = numbers[place.parent] ?? PlaceTable.nothing
      switch self.rules.elements[Int(place.position)] {
      case .text, .name: place.count = self.texts.number(of: other.texts[place.count])
      case .members(let table):
        let state = place.count == 0 ? nil : other.members[place.count - 1]
        place.count = self.count(of: state, in: table)
      default: break
      }
      numbers[number] = self.number(of: place)
    }
    return Ways(
      places: Self.ordered(ways.places.compactMap { numbers[$0] }),
      mayEnd: ways.mayEnd
    )
  }
}

/// States.
extension Automaton.Memory {
  private static let maximumSteps = 8

  private mutating func number(of ways: Ways) -> Int32 {
    if let known = self.stateNumbers[ways] { return known }
    let number = Int32(self.states.count)
    var bytes = ByteSet()
    for place in ways.places { bytes.formUnion(self.bytes(at: place)) }
    var state = State(ways: ways, bytes: bytes)
    if bytes.count > Self.maximumSteps {
      state.table = Int32(self.tables.count)
      self.tables += Array(repeating: -1, count: 256)
    }
    self.states.append(state)
    self.placesOfStates += ways.places.count
    self.stateNumbers[ways] = number
    return number
  }

  private mutating func step(_ state: Int32, _ byte: UInt8) throws(GrammarError) -> Int32 {
    let index = Int(state)
    let table = Int(self.states[index].table)
    if table >= 0 {
      let known = self.tables[table + Int(byte)]
      if known >= 0 { return known }
    }
    guard self.states[index].bytes.contains(byte) else { return Self.dead }
    if table < 0, let known = self.states[index].steps.first(where: { $0.byte == byte }) {
      return known.state
    }
    let next = self.number(of: try self.step(self.states[index].ways, byte))
    if table >= 0 {
      self.tables[table + Int(byte)] = next
    } else {
      self.states[index].steps.append((byte, next))
    }
    return next
  }

  /// Sorted, without duplicates.
  static func ordered(_ places: [Int32]) -> [Int32] {
    if places.count < 2 { return places }
    var result: [Int32] = []
    for place in places.sorted() where place != result.last { result.append(place) }
    return result
  }
}
