/// What the members of an object are. Which of them a text has is counted while it is followed: the
/// orders in which members can come are more than rules could be written for.
struct MemberTable: Sendable {
  /// The names that are declared, as they are written: with quotation marks and the colon. So none
  /// is the beginning of another.
  var names: TextSet
  /// Of each of `names`, which member it is.
  var members: [Int32]
  /// Where in the elements the value of each member begins.
  var values: [Int32]
  /// The rule of each value.
  var valueRules: [Int32]
  var isRequired: [Bool]
  /// Whether some text is the value of each.
  var isPossible: [Bool]
  /// Whether members come in the order in which they are declared.
  var isOrdered: Bool
  /// Members with names that are not declared.
  var other: Other?
  var minimum: Int32
  var maximum: Int32?
  /// Where in the elements a name begins, at the first member and after one.
  var first: Int32
  var next: Int32

  struct Other: Sendable {
    var valueRule: Int32
    /// Where in the elements the value begins, behind the colon.
    var value: Int32
    /// The rule of names where none are declared; nil for names that are not declared ones, and do
    /// not begin like them.
    var nameRule: Int32?
    /// Where in the elements such a member begins, at the first member and after one.
    var first: Int32
    var next: Int32
    var isPossible = true
  }

  /// The first required member that is not before each.
  var nextRequired: [Int32] = []
  /// How many members that are possible are behind each.
  var possibleAfter: [Int32] = []
  var requiredCount: Int32 = 0

  /// Works out what is asked for often, when it is known which values are possible.
  mutating func prepare() {
    let count = self.values.count
    self.nextRequired = Array(repeating: Int32(count), count: count + 1)
    self.possibleAfter = Array(repeating: 0, count: count + 1)
    for index in (0 ..< count).reversed() {
      self.nextRequired[index] =
        self.isRequired[index] ? Int32(index) : self.nextRequired[index + 1]
      self.possibleAfter[index] = self.possibleAfter[index + 1] + (self.isPossible[index] ? 1 : 0)
    }
    self.requiredCount = self.isRequired.reduce(0) { $0 + ($1 ? 1 : 0) }
  }

  /// Which members a text has so far.
  struct State: Hashable, Sendable {
    /// How many, as far as `maximum` asks; without it only whether there are any.
    var count: Int32 = 0
    /// How many different names at least, as far as `minimum` asks.
    var distinct: Int32 = 0
    /// Where they are ordered, the first one that may come.
    var next: Int32 = 0
    /// Where they are not ordered, a bit for each that was there. Empty at first.
    var seen: [UInt64] = []
    var missingRequired: Int32
    var hasOther = false

    func has(_ member: Int32) -> Bool {
      let word = Int(member) / 64
      return word < self.seen.count && self.seen[word] >> UInt64(member % 64) & 1 == 1
    }
  }

  var start: State { State(missingRequired: self.requiredCount) }

  func mayEnd(_ state: State) -> Bool {
    state.missingRequired == 0 && state.distinct >= self.minimum
  }

  func allows(_ member: Int32, after state: State) -> Bool {
    let index = Int(member)
    guard self.isPossible[index] else { return false }
    var missing = state.missingRequired
    if self.isRequired[index] { missing -= 1 }
    if self.isOrdered {
      guard member >= state.next, member <= self.nextRequired[Int(state.next)] else { return false }
      guard
        state.distinct + 1 + self.possibleAfter[index + 1] >= self.minimum
      else { return false }
    } else if state.has(member) {
      return false
    }
    return self.hasRoom(after: state, missing: missing)
  }

  func allowsOther(after state: State) -> Bool {
    guard let other, other.isPossible else { return false }
    return self.hasRoom(after: state, missing: state.missingRequired)
  }

  private func hasRoom(after state: State, missing: Int32) -> Bool {
    self.maximum.map { state.count + 1 + missing <= $0 } ?? true
  }

  func state(_ state: State, after member: Int32) -> State {
    var state = state
    if self.isRequired[Int(member)] { state.missingRequired -= 1 }
    if self.isOrdered {
      state.next = member + 1
    } else {
      let word = Int(member) / 64
      while state.seen.count <= word { state.seen.append(0) }
      state.seen[word] |= 1 << UInt64(member % 64)
    }
    self.count(&state, isNew: true)
    return state
  }

  /// Names that are not declared may come twice: only the first one is surely another.
  func stateAfterOther(_ state: State) -> State {
    var state = state
    self.count(&state, isNew: !state.hasOther)
    state.hasOther = true
    return state
  }

  private func count(_ state: inout State, isNew: Bool) {
    state.count = self.maximum == nil ? 1 : state.count + 1
    if isNew { state.distinct = min(state.distinct + 1, self.minimum) }
  }
}

extension MemberTable {
  /// Whether there are as many different names as there have to be.
  var canReachMinimum: Bool {
    let possible = self.isPossible.count { $0 } + (self.other?.isPossible == true ? 1 : 0)
    return possible >= self.minimum
  }
}
