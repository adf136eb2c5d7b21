/// The members of objects.
extension Automaton.Memory {
  /// The count of a place of members: 0 for none, else the number of a state plus 1.
  private func state(_ count: Int32, in table: MemberTable) -> MemberTable.State {
    count == 0 ? table.start : self.members[count - 1]
  }

  mutating func count(of state: MemberTable.State?, in table: Int32) -> Int32 {
    guard let state, state != self.rules.memberTables[Int(table)].start else { return 0 }
    return self.members.number(of: state) + 1
  }

  /// The places where a member may begin.
  mutating func openMembers(
    _ number: Int32,
    _ place: Place,
    _ index: Int32,
    in open: inout [Int32]
  ) {
    let table = self.rules.memberTables[Int(index)]
    let state = self.state(place.count, in: table)
    var starts: [Int32] = []
    if table.mayEnd(state) {
      starts.append(self.place(at: place.position + 1, parent: place.parent))
    }
    let allowsDeclared = table.members.contains { table.allows($0, after: state) }
    let allowsOther = table.allowsOther(after: state)
    let hasNameRule = table.other?.nameRule != nil
    if allowsDeclared || (allowsOther && !hasNameRule) {
      starts.append(
        self.place(at: state.count == 0 ? table.first : table.next, parent: number)
      )
    }
    if allowsOther, hasNameRule, let other = table.other {
      var next = place
      next.count = self.count(of: table.stateAfterOther(state), in: index)
      let parent = self.number(of: next)
      starts.append(self.place(at: state.count == 0 ? other.first : other.next, parent: parent))
    }
    for start in starts
    where self.visits.count <= Int(start) || self.visits[Int(start)] != self.visit {
      while self.visits.count < self.places.count { self.visits.append(0) }
      self.visits[Int(start)] = self.visit
      open.append(start)
    }
  }

  mutating func place(after byte: UInt8, inName place: Place, _ index: Int32) -> Int32? {
    let table = self.rules.memberTables[Int(index)]
    let members = self.places[place.parent]
    let state = self.state(members.count, in: table)
    let position = self.textPosition(place.count, in: table.names)
    let depth = Int(position.depth)
    let range = table.names.narrowed(Int(position.low) ..< Int(position.high), at: depth, to: byte)
    if range.count == 1, table.names.texts[range.lowerBound].count == depth + 1 {
      let member = table.members[range.lowerBound]
      guard table.allows(member, after: state) else { return nil }
      return self.place(
        at: table.values[Int(member)],
        state: table.state(state, after: member),
        of: members,
        index
      )
    }
    let allowsOther =
      position.mayBeOther && table.other?.nameRule == nil
      && table.allowsOther(after: state)
    let character = depth == 0 ? 0 : NameBytes.next(position.character, byte)
    if !range.isEmpty {
      // A declared name that ends here must not be the beginning of another.
      let isName = !table.names.narrowed(range, at: depth + 1, to: UInt8(ascii: "\"")).isEmpty
      let mayBeOther =
        position.mayBeOther && !(isName && depth > 0) && byte != UInt8(ascii: "\\")
        && character != nil
      let isOpen = range.contains { table.allows(table.members[$0], after: state) }
      guard isOpen || (allowsOther && mayBeOther) else { return nil }
      let next = TextPosition(
        low: Int32(range.lowerBound),
        high: Int32(range.upperBound),
        depth: position.depth + 1,
        mayBeOther: mayBeOther,
        character: character ?? 0
      )
      return self.number(
        of: Place(
          parent: place.parent,
          position: place.position,
          count: self.texts.number(of: next)
        )
      )
    }
    guard allowsOther, let other = table.other else { return nil }
    if depth == 0 {
      // No name is declared.
      guard byte == UInt8(ascii: "\"") else { return nil }
      return self.number(of: Place(parent: place.parent, position: place.position + 1, count: 0))
    }
    _ = other
    guard let character else { return nil }
    // The rest of an undeclared name is the element after this one.
    return self.number(
      of: Place(parent: place.parent, position: place.position + 1, count: Int32(character))
    )
  }

  mutating func place(after byte: UInt8, inOtherName place: Place, _ index: Int32) -> Int32? {
    let table = self.rules.memberTables[Int(index)]
    if UInt8(place.count) == NameBytes.end {
      guard byte == UInt8(ascii: ":"), let other = table.other else { return nil }
      let members = self.places[place.parent]
      let state = table.stateAfterOther(self.state(members.count, in: table))
      return self.place(at: other.value, state: state, of: members, index)
    }
    guard let character = NameBytes.next(UInt8(place.count), byte) else { return nil }
    var next = place
    next.count = Int32(character)
    return self.number(of: next)
  }

  private mutating func place(
    at value: Int32,
    state: MemberTable.State,
    of members: Place,
    _ index: Int32
  ) -> Int32 {
    var next = members
    next.count = self.count(of: state, in: index)
    return self.place(at: value, parent: self.number(of: next))
  }
}

/// Checks the bytes of a name without escapes, up to its quotation mark (RFC 8259 section 7, RFC
/// 3629 section 4).
enum NameBytes {
  /// The name has ended.
  static let end: UInt8 = 8

  /// - Parameter state: 0 between characters; 1 to 3 for the missing bytes of one; others where the
  ///   next byte is restricted further.
  /// - Returns: nil when the byte may not follow.
  static func next(_ state: UInt8, _ byte: UInt8) -> UInt8? {
    switch state {
    case 0:
      switch byte {
      case UInt8(ascii: "\""): return self.end
      case UInt8(ascii: "\\"), ..<0x20: return nil
      case ..<0x80: return 0
      case 0xC2 ... 0xDF: return 1
      case 0xE0: return 4
      case 0xED: return 5
      case 0xE1 ... 0xEF: return 2
      case 0xF0: return 6
      case 0xF1 ... 0xF3: return 3
      case 0xF4: return 7
      default: return nil
      }
    case 1, 2, 3: return byte & 0xC0 == 0x80 ? state - 1 : nil
    case 4: return 0xA0 ... 0xBF ~= byte ? 1 : nil
    case 5: return 0x80 ... 0x9F ~= byte ? 1 : nil
    case 6: return 0x90 ... 0xBF ~= byte ? 2 : nil
    case 7: return 0x80 ... 0x8F ~= byte ? 2 : nil
    default: return nil
    }
  }
}
