internal import Identifiers
internal import JSON

/// Reads a message from JSON, field by field, and keeps the path to the value for error messages.
///
///     try json.beginMessage()
///     while let number = try json.nextField(Self.fields) {
///       switch number {
///       case 1: try json.read(&self.role)
///       default: break
///       }
///     }
package struct MessageReader {
  private var json: JSONReader
  var path: [Step] = []
  /// The messages being read, outermost first.
  private var messages: [OpenMessage] = []
  /// How many secret fields the next value is in.
  var secrets = 0

  private struct OpenMessage {
    /// The fields read so far, by number.
    var seen: Set<Int> = []
    /// The members read so far, by their oneofs.
    var members: [Identifier: String] = [:]
    var field: MessageField?
  }

  /// As many members as metadata may have where a server's limits are raised; each message has few, and
  /// none is in itself.
  private static let limits = JSONLimits(depth: 16, members: 1 << 20)

  init(_ bytes: [UInt8]) {
    self.json = JSONReader(bytes, limits: Self.limits)
  }

  /// - Throws: when anything but white space follows the message.
  mutating func end() throws(MessageError) {
    try self.scan { json throws(JSONError) in try json.end() }
  }

  /// Reads the next value into a field.
  package mutating func read(_ value: inout some JSONFieldValue) throws(MessageError) {
    value = try self.value()
  }

  /// Reads the next value into a field with presence.
  package mutating func read<Value: JSONFieldValue>(_ value: inout Value?) throws(MessageError) {
    value = try self.value() as Value
  }

  /// Reads the next value.
  package mutating func value<Value: JSONFieldValue>() throws(MessageError) -> Value {
    try Value(reading: &self)
  }

  /// Runs the JSON decoder and converts its errors to sentences.
  mutating func scan<Result>(
    _ read: (inout JSONReader) throws(JSONError) -> Result
  ) throws(MessageError) -> Result {
    do throws(JSONError) {
      return try read(&self.json)
    } catch {
      throw MessageError("the JSON cannot be read: \(error)")
    }
  }

  /// The type of the next value.
  mutating func type() throws(MessageError) -> JSONType {
    try self.scan { json throws(JSONError) in try json.nextType() }
  }

  /// The next value as it is in the source.
  mutating func source() throws(MessageError) -> ArraySlice<UInt8> {
    try self.scan { json throws(JSONError) in json.bytes[try json.skippedValue()] }
  }
}

/// Messages.
extension MessageReader {
  package mutating func beginMessage() throws(MessageError) {
    try self.expect(.object, "an object")
    try self.scan { json throws(JSONError) in try json.beginObject() }
    self.messages.append(OpenMessage())
  }

  /// Advances to the value of the next field, which the caller must then read. Fields that are null
  /// are skipped.
  ///
  /// - Returns: the field's number; nil at the end of the message.
  /// - Throws: when the field is unknown or a duplicate, or another member of its oneof is set.
  package mutating func nextField(_ fields: [MessageField]) throws(MessageError) -> Int? {
    let last = self.messages.count - 1
    while true {
      self.leaveField()
      guard let name = try self.scan({ json throws(JSONError) in try json.nextName() }) else {
        self.messages.removeLast()
        return nil
      }
      guard let field = fields.first(where: { $0.names.contains(name) }) else {
        throw self.unknown(name.text, of: fields)
      }
      self.enter(field)
      guard self.messages[last].seen.insert(field.number).inserted else {
        throw MessageError("\(self.place) is set twice")
      }
      guard try self.type() != .null else {
        _ = try self.source()
        continue
      }
      if let oneOf = field.oneOf { try self.add(field, to: oneOf) }
      return field.number
    }
  }

  private mutating func enter(_ field: MessageField) {
    self.messages[self.messages.count - 1].field = field
    self.path.append(.field(field.name))
    if field.isSecret { self.secrets += 1 }
  }

  private mutating func leaveField() {
    guard let field = self.messages[self.messages.count - 1].field else { return }
    self.messages[self.messages.count - 1].field = nil
    self.path.removeLast()
    if field.isSecret { self.secrets -= 1 }
  }

  private mutating func add(
    _ field: MessageField,
    to oneOf: Identifier
  ) throws(MessageError) {
    let last = self.messages.count - 1
    guard let other = self.messages[last].members.updateValue(field.name, forKey: oneOf) else {
      return
    }
    self.path.removeLast()
    let place = self.path.isEmpty ? "" : "\(self.place): "
    throw MessageError("\(place)\(other) and \(field.name) are both set: set one of them")
  }
}

/// Arrays and maps.
extension MessageReader {
  mutating func beginArray() throws(MessageError) {
    try self.expect(.array, "an array")
    try self.scan { json throws(JSONError) in try json.beginArray() }
  }

  /// Advances to the next element, which the caller must then read.
  ///
  /// - Parameter index: the index of that element.
  /// - Returns: false at the end of the array.
  mutating func nextElement(_ index: Int) throws(MessageError) -> Bool {
    let isThere = try self.scan { json throws(JSONError) in try json.nextElement() }
    switch (index, isThere) {
    case (0, true): self.path.append(.element(0))
    case (_, true): self.path[self.path.count - 1] = .element(index)
    case (0, false): break
    case (_, false): self.path.removeLast()
    }
    return isThere
  }

  mutating func beginMap() throws(MessageError) {
    try self.expect(.object, "an object")
    try self.scan { json throws(JSONError) in try json.beginObject() }
    self.path.append(.key(""))
  }

  /// Advances to the value of the next key, which the caller must then read.
  ///
  /// - Returns: nil at the end of the map.
  mutating func nextKey() throws(MessageError) -> String? {
    self.path.removeLast()
    guard let name = try self.scan({ json throws(JSONError) in try json.nextName() }) else {
      return nil
    }
    self.path.append(.key(name.text))
    return name.text
  }
}
