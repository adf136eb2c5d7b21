import GRPCCore

/// The fields of a message in protobuf's encoding, as far as the messages of the cases need it: a
/// generator of code for them takes longer to build than all the rest.
struct Fields: Sendable {
  var bytes: [UInt8] = []

  /// Adds a field of an integer, which is not negative.
  func with(_ number: Int, _ value: Int) -> Self {
    var fields = self
    fields.appendVarint(number << 3)
    fields.appendVarint(value)
    return fields
  }

  /// Adds a field of bytes or text.
  func with(_ number: Int, _ value: some Collection<UInt8>) -> Self {
    var fields = self
    fields.appendVarint(number << 3 | 2)
    fields.appendVarint(value.count)
    fields.bytes += value
    return fields
  }

  /// Adds a field of a message.
  func with(_ number: Int, _ value: Fields) -> Self {
    self.with(number, value.bytes)
  }

  /// The integer of a field, which is 0 when the message does not have it.
  func integer(_ number: Int) throws -> Int {
    try self.all().last { $0.number == number }?.integer ?? 0
  }

  /// The message of a field, or the bytes of one of text; nil when this message does not have it.
  func fields(_ number: Int) throws -> Fields? {
    try self.all().last { $0.number == number }.map { Fields(bytes: Array($0.bytes)) }
  }

  private mutating func appendVarint(_ value: Int) {
    var rest = value
    while rest >= 0x80 {
      self.bytes.append(UInt8(rest & 0x7f | 0x80))
      rest >>= 7
    }
    self.bytes.append(UInt8(rest))
  }

  private func all() throws -> [(number: Int, integer: Int, bytes: ArraySlice<UInt8>)] {
    var fields: [(Int, Int, ArraySlice<UInt8>)] = []
    var rest = self.bytes[...]
    while !rest.isEmpty {
      let tag = try rest.removeVarint()
      let value = try rest.removeVarint()
      switch tag & 7 {
      case 0:
        fields.append((tag >> 3, value, []))
      case 2 where value <= rest.count:
        fields.append((tag >> 3, 0, rest.prefix(value)))
        rest.removeFirst(value)
      default:
        throw Failure("the field with the tag \(tag) cannot be read")
      }
    }
    return fields
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func removeVarint() throws -> Int {
    var value: UInt64 = 0
    for (index, byte) in self.enumerated().prefix(10) {
      value |= UInt64(byte & 0x7f) << (7 * index)
      guard byte < 0x80 else { continue }
      self.removeFirst(index + 1)
      return Int(truncatingIfNeeded: value)
    }
    throw Failure("an integer of a message does not end")
  }
}

struct FieldsSerializer: MessageSerializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: Fields) -> Bytes {
    Bytes(message.bytes)
  }
}

struct FieldsDeserializer: MessageDeserializer {
  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) -> Fields {
    Fields(bytes: bytes.withUnsafeBytes { Array($0) })
  }
}
