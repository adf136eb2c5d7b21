/// Reads one JSON text (RFC 8259), strictly: duplicate names in an object, invalid Unicode and
/// invalid values are errors, even in skipped values.
///
///     var reader = JSONReader(bytes)
///     try reader.beginObject()
///     while let name = try reader.nextName() {
///       switch name {
///       case "exp": exp = try reader.number()
///       default: try reader.skip()
///       }
///     }
///     try reader.end()
package struct JSONReader {
  let limits: JSONLimits
  /// The whole text.
  package let bytes: [UInt8]
  /// The index of the next byte.
  var index = 0
  /// How many containers are open; the last one is being read.
  private var depth = 0
  /// Whether nothing of that container has been read yet.
  private var isFirst = true
  /// The names of the members so far, of all objects that are open.
  private var names: [JSONName] = []
  /// Where in `names` those of each of these objects begin.
  private var starts: [Int] = []
  /// The names of large objects: comparing each with each would take too long.
  private var largeNames: [Int: Set<JSONName>] = [:]
  private static let smallCount = 32

  /// Creates a reader of a text.
  package init(_ bytes: [UInt8], limits: JSONLimits = .token) {
    self.limits = limits
    self.bytes = bytes
    // Enough for most access tokens.
    self.names.reserveCapacity(16)
  }

  /// Reads the beginning of an object.
  package mutating func beginObject() throws(JSONError) {
    try self.begin(with: UInt8(ascii: "{"))
    self.starts.append(self.names.count)
  }

  /// Reads up to the value of the next member, which must then be read or skipped.
  ///
  /// - Returns: nil at the end of the object.
  package mutating func nextName() throws(JSONError) -> JSONName? {
    guard try self.next(before: UInt8(ascii: "}")) else {
      self.removeNames()
      return nil
    }
    let offset = self.index
    let name = try self.string(JSONName.init)
    if !self.limits.takesMistakes {
      guard try self.add(name) else { throw .duplicateName(at: offset) }
    }
    try self.expect(UInt8(ascii: ":"))
    return name
  }

  /// Reads the beginning of an array.
  package mutating func beginArray() throws(JSONError) {
    try self.begin(with: UInt8(ascii: "["))
  }

  /// Reads up to the next element, which must then be read or skipped.
  ///
  /// - Returns: false at the end of the array.
  package mutating func nextElement() throws(JSONError) -> Bool {
    try self.next(before: UInt8(ascii: "]"))
  }

  /// Whether the next value is an array.
  package mutating func isArrayNext() throws(JSONError) -> Bool {
    try self.peek() == UInt8(ascii: "[")
  }

  /// Whether the next value is a string.
  package mutating func isStringNext() throws(JSONError) -> Bool {
    try self.peek() == UInt8(ascii: "\"")
  }

  /// Of which type the next value is, by its first byte.
  package mutating func nextType() throws(JSONError) -> JSONType {
    switch try self.peek() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "N") where self.limits.takesMistakes: return .null
    case let first where first == UInt8(ascii: "-") || first.isDigit || self.isInfinity(first):
      return .number
    default: throw .unexpectedByte(at: self.index)
    }
  }

  /// Reads a value as `skip` does.
  ///
  /// - Returns: where in the text it is.
  package mutating func skippedValue() throws(JSONError) -> Range<Int> {
    _ = try self.peek()
    let start = self.index
    try self.skip()
    return start ..< self.index
  }

  /// Reads past a value of any type. Plain strings are not copied.
  package mutating func skip() throws(JSONError) {
    switch try self.peek() {
    case UInt8(ascii: "{"):
      try self.beginObject()
      while try self.nextName() != nil { try self.skip() }
    case UInt8(ascii: "["):
      try self.beginArray()
      while try self.nextElement() { try self.skip() }
    case UInt8(ascii: "\""): try self.string { _ in }
    case UInt8(ascii: "t"): try self.expect("true")
    case UInt8(ascii: "f"): try self.expect("false")
    case UInt8(ascii: "n"): try self.expect("null")
    case UInt8(ascii: "N") where self.limits.takesMistakes: try self.expect("NaN")
    default: _ = try self.scanNumber()
    }
  }

  /// - Throws: when more than white space follows the value.
  package mutating func end() throws(JSONError) {
    self.skipWhiteSpace()
    guard self.index == self.bytes.count else { throw .unexpectedByte(at: self.index) }
  }
}

/// Names.
extension JSONReader {
  /// - Returns: false when the object already has the name.
  private mutating func add(_ name: JSONName) throws(JSONError) -> Bool {
    let object = self.starts.count
    let start = self.starts[object - 1]
    let count = self.names.count - start
    if count == Self.smallCount { self.largeNames[object] = Set(self.names[start...]) }
    let isNew =
      count < Self.smallCount
      ? !self.names[start...].contains(name)
      : self.largeNames[object]?.insert(name).inserted == true
    guard isNew else { return false }
    guard count < self.limits.members else { throw .tooManyMembers(limit: self.limits.members) }
    self.names.append(name)
    return true
  }

  private mutating func removeNames() {
    if self.names.count - self.starts[self.starts.count - 1] >= Self.smallCount {
      self.largeNames[self.starts.count] = nil
    }
    self.names.removeSubrange(self.starts.removeLast()...)
  }
}

/// What containers have in common.
extension JSONReader {
  private mutating func begin(with bracket: UInt8) throws(JSONError) {
    let first = try self.peek()
    guard first == bracket else { throw self.wrongType(startingWith: first) }
    guard self.depth < self.limits.depth else { throw .tooDeep(limit: self.limits.depth) }
    self.index += 1
    self.depth += 1
    self.isFirst = true
  }

  /// Reads the comma before the next member or element, or the bracket that ends the container.
  private mutating func next(before bracket: UInt8) throws(JSONError) -> Bool {
    let isFirst = self.isFirst
    // This also holds for the enclosing container, which has at least this one in it.
    self.isFirst = false
    if try self.peek() == bracket {
      self.index += 1
      self.depth -= 1
      return false
    }
    if !isFirst {
      try self.expect(UInt8(ascii: ","))
      _ = try self.peek()
    }
    return true
  }
}

/// Single bytes.
extension JSONReader {
  var current: UInt8? {
    self.index < self.bytes.count ? self.bytes[self.index] : nil
  }

  /// The next byte that is not white space, without consuming it.
  mutating func peek() throws(JSONError) -> UInt8 {
    // Most programs write no white space.
    if let current, current > 0x20 { return current }
    self.skipWhiteSpace()
    guard let current else { throw .unexpectedEnd }
    return current
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard try self.peek() == byte else { throw .unexpectedByte(at: self.index) }
    self.index += 1
  }

  /// Whether the byte begins what other programs write for a number that is not finite.
  func isInfinity(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "I") && self.limits.takesMistakes
  }

  mutating func expect(_ literal: StaticString) throws(JSONError) {
    for byte in String(describing: literal).utf8 {
      guard let current else { throw .unexpectedEnd }
      guard current == byte else { throw .unexpectedByte(at: self.index) }
      self.index += 1
    }
  }

  private mutating func skipWhiteSpace() {
    while let current, current == 0x20 || current == 0x09 || current == 0x0A || current == 0x0D {
      self.index += 1
    }
  }

  /// The error for a value of another type, or for a byte that begins no value.
  func wrongType(startingWith byte: UInt8) -> JSONError {
    let beginsValue = byte.isDigit || "{[\"-tfn".utf8.contains(byte)
    return beginsValue ? .wrongType(at: self.index) : .unexpectedByte(at: self.index)
  }
}

extension UInt8 {
  var isDigit: Bool { UInt8(ascii: "0") ... UInt8(ascii: "9") ~= self }
}
