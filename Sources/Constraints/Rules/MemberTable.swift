/// The members of an object. Which ones a text has is tracked while it is matched: there are too
/// many orders of members to write rules for.
struct MemberTable: Sendable {
  /// The declared names with their quotation marks and colon, so that none is the beginning of
  /// another.
  var names: TextSet
  /// The member that each of `names` belongs to.
  var members: [Int32]
  /// Where in the elements each member's value begins.
  var values: [Int32]
  /// The rule of each value.
  var valueRules: [Int32]
  var isRequired: [Bool]
  /// Whether each value allows any text.
  var isPossible: [Bool]
  /// Whether members come in the declared order.
  var isOrdered: Bool
  /// Members with undeclared names.
  var other: Other?
  var minimum: Int32
  var maximum: Int32?
  /// Where in the elements a name begins, for the first member and for later ones.
  var first: Int32
  var next: Int32

  struct Other: Sendable {
    var valueRule: Int32
    /// Where in the elements the value begins, after the colon.
    var value: Int32
    /// The rule for names, if none are declared; nil for all names that do not begin with a
    /// declared one.
    var nameRule: Int32?
    /// Where in the elements such a member begins, for the first member and for later ones.
    var first: Int32
    var next: Int32
    var isPossible = true
  }

  /// For each member, the first required one from it on.
  var nextRequired: [Int32] = []
  /// How many possible members come after each.
  var possibleAfter: [Int32] = []
  var requiredCount: Int32 = 0

  /// Computes what is needed often, when the possible values are known.
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
    /// The count, as far as `maximum` needs it; otherwise only whether there are any.
    var count: Int32 = 0
    /// The least number of different names, as far as `minimum` needs it.
    var distinct: Int32 = 0
    /// For ordered members, the next one that may come.
    var next: Int32 = 0
    /// For unordered members, a bit for each that has come. Empty at first.
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

  /// Undeclared names may come twice, so only the first one surely counts as different.
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
  /// Whether the minimum of different names can be reached.
  var canReachMinimum: Bool {
    let possible = self.isPossible.count { $0 } + (self.other?.isPossible == true ? 1 : 0)
    return possible >= self.minimum
  }
}
