/// Steps from places to places.
extension Automaton.Memory {
  mutating func step(_ ways: Ways, _ byte: UInt8) throws(GrammarError) -> Ways {
    var next: [Int32] = []
    for number in ways.places {
      try self.countWork()
      if let place = self.place(after: byte, at: self.places[number]) { next.append(place) }
    }
    return next.isEmpty ? Ways() : try self.ways(from: next)
  }

  private mutating func countWork() throws(GrammarError) {
    self.work += 1
    guard self.work <= self.maximumWork else {
      throw GrammarError("the text so far can match it in too many ways")
    }
    if self.work & 0xFFF == 0, Task.isCancelled { throw .cancelled }
  }

  /// Follows rules from some places to their first bytes.
  mutating func ways(from starts: [Int32]) throws(GrammarError) -> Ways {
    var open: [Int32] = []
    var ways = Ways()
    // Of repetitions that are far from their ends, only the one with the fewest times is kept: it
    // can continue like the others, and longer.
    var repetitions: [Int64: Int32] = [:]
    var done: [Int64: Int32] = [:]
    self.visit += 1
    for place in starts { self.open(place, in: &open) }
    while true {
      guard let number = open.popLast() else {
        guard let (key, count) = repetitions.first else { break }
        repetitions[key] = nil
        if let before = done[key], before <= count { continue }
        done[key] = count
        let place = Place(
          parent: Int32(truncatingIfNeeded: key >> 32),
          position: Int32(truncatingIfNeeded: key),
          count: count
        )
        try self.repeatBody(of: place, in: &open)
        continue
      }
      try self.countWork()
      guard number != PlaceTable.nothing else {
        ways.mayEnd = true
        continue
      }
      let place = self.places[number]
      switch self.rules.elements[Int(place.position)] {
      case .byte, .scalar, .name, .otherName: ways.places.append(number)
      case .text(let index):
        ways.places.append(number)
        // A text may be a prefix of another.
        let set = self.rules.textSets[Int(index)]
        let position = self.textPosition(place.count, in: set)
        if set.texts[Int(position.low)].count == Int(position.depth) {
          self.open(self.place(at: place.position + 1, parent: place.parent), in: &open)
        }
      case .rule(let rule):
        let rest = self.place(at: place.position + 1, parent: place.parent)
        try self.open(rule, parent: rest, in: &open)
      case .repetition(let index):
        let repetition = self.rules.repetitions[Int(index)]
        let isEnough = place.count >= repetition.minimum
        if isEnough {
          self.open(self.place(at: place.position + 1, parent: place.parent), in: &open)
        }
        if isEnough, repetition.maximum != nil {
          let key = Int64(place.parent) << 32 | Int64(place.position)
          repetitions[key] = min(repetitions[key] ?? .max, place.count)
        } else {
          try self.repeatBody(of: place, in: &open)
        }
      case .members(let index): self.openMembers(number, place, index, in: &open)
      // There is no such place: see place(at:parent:).
      case .end: break
      }
    }
    ways.places = Self.ordered(ways.places)
    return ways
  }

  private mutating func repeatBody(
    of place: Place,
    in open: inout [Int32]
  ) throws(GrammarError) {
    guard case .repetition(let index) = self.rules.elements[Int(place.position)] else { return }
    let repetition = self.rules.repetitions[Int(index)]
    var next = place
    if let maximum = repetition.maximum {
      guard place.count < maximum else { return }
      next.count += 1
    } else {
      next.count = min(place.count + 1, repetition.minimum)
    }
    try self.open(repetition.rule, parent: self.number(of: next), in: &open)
  }

  private mutating func open(
    _ rule: Int32,
    parent: Int32,
    in open: inout [Int32]
  ) throws(GrammarError) {
    for start in self.rules.alternatives[Int(rule)] {
      self.open(self.place(at: start, parent: parent), in: &open)
    }
  }

  private mutating func open(_ place: Int32, in open: inout [Int32]) {
    while self.visits.count < self.places.count { self.visits.append(0) }
    guard self.visits[Int(place)] != self.visit else { return }
    self.visits[Int(place)] = self.visit
    open.append(place)
  }

  /// - Parameter parent: what must follow the alternative.
  mutating func place(at position: Int32, parent: Int32) -> Int32 {
    // The end of an alternative adds no place, so that tail recursion does not grow the stack.
    if self.rules.elements[Int(position)] == .end { return parent }
    return self.number(of: Place(parent: parent, position: position, count: 0))
  }

  mutating func number(of place: Place) -> Int32 {
    self.places.number(place, nearCount: self.nearCount(of: place))
  }

  /// The count of a repetition, as far as it matters within one token: each time takes at least a
  /// byte.
  private func nearCount(of place: Place) -> Int32 {
    guard case .repetition(let index) = self.rules.elements[Int(place.position)] else {
      return place.count
    }
    let repetition = self.rules.repetitions[Int(index)]
    let far = Int32(self.vocabulary.longest) + 2
    if place.count < repetition.minimum { return max(place.count, repetition.minimum - far) }
    guard let maximum = repetition.maximum else { return place.count }
    return max(place.count, max(repetition.minimum, maximum - far))
  }
}

/// Bytes.
extension Automaton.Memory {
  /// The place after a byte; nil when the byte is not allowed.
  private mutating func place(after byte: UInt8, at place: Place) -> Int32? {
    switch self.rules.elements[Int(place.position)] {
    case .byte(let other): return byte == other ? self.place(behind: place) : nil
    case .scalar(let index):
      let set = self.rules.scalarSets[Int(index)]
      guard let next = UTF8Position(code: place.count).after(byte, in: set) else { return nil }
      if case .end = next { return self.place(behind: place) }
      return self.number(
        of: Place(parent: place.parent, position: place.position, count: next.code)
      )
    case .text(let index):
      let set = self.rules.textSets[Int(index)]
      let position = self.textPosition(place.count, in: set)
      let depth = Int(position.depth)
      let range = set.narrowed(Int(position.low) ..< Int(position.high), at: depth, to: byte)
      guard !range.isEmpty else { return nil }
      let next = TextPosition(
        low: Int32(range.lowerBound),
        high: Int32(range.upperBound),
        depth: position.depth + 1
      )
      let isWhole = set.texts[range.lowerBound].count == depth + 1
      if isWhole, range.count == 1 { return self.place(behind: place) }
      return self.number(
        of: Place(
          parent: place.parent,
          position: place.position,
          count: self.texts.number(of: next)
        )
      )
    case .name(let index): return self.place(after: byte, inName: place, index)
    case .otherName(let index): return self.place(after: byte, inOtherName: place, index)
    default: return nil
    }
  }

  private mutating func place(behind place: Place) -> Int32 {
    self.place(at: place.position + 1, parent: place.parent)
  }

  func textPosition(_ count: Int32, in set: TextSet) -> TextPosition {
    count == 0
      ? TextPosition(low: 0, high: Int32(set.texts.count), depth: 0) : self.texts[count]
  }

  /// The bytes that may come at a place, perhaps with others.
  func bytes(at number: Int32) -> ByteSet {
    let place = self.places[number]
    switch self.rules.elements[Int(place.position)] {
    case .byte(let byte): return ByteSet(byte ... byte)
    case .scalar(let index):
      return place.count == 0 ? self.rules.firstBytes[Int(index)] : ByteSet(0x80 ... 0xBF)
    case .text(let index):
      let set = self.rules.textSets[Int(index)]
      let position = self.textPosition(place.count, in: set)
      return set.bytes(of: Int(position.low) ..< Int(position.high), at: Int(position.depth))
    case .name(let index):
      let table = self.rules.memberTables[Int(index)]
      let position = self.textPosition(place.count, in: table.names)
      var bytes = table.names.bytes(
        of: Int(position.low) ..< Int(position.high),
        at: Int(position.depth)
      )
      if table.other != nil { bytes.formUnion(ByteSet(0x20 ... 0xF4)) }
      return bytes
    default: return ByteSet(0x20 ... 0xF4)
    }
  }
}
