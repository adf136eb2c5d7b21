/// The fields of an encoded message, in their order on the wire
/// (https://protobuf.dev/programming-guides/encoding/).
struct WireFields {
  enum WireType: UInt8 {
    case varint
    case fixed64
    case lengthDelimited
    /// A whole group, with its end, is one field.
    case group
    case endOfGroup
    case fixed32
  }

  struct Field {
    var number: UInt32
    var type: WireType
    /// The field with its tag.
    var whole: UnsafeBufferPointer<UInt8>
    /// For length-delimited fields, the bytes after the length; otherwise empty.
    var payload: UnsafeBufferPointer<UInt8>
  }

  private static let largestNumber: UInt64 = 1 << 29 - 1
  /// How deep groups may nest: the limit for messages in Google's implementations.
  private static let maximumDepth = 100

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { self.position == self.bytes.count }

  /// - Returns: nil when the next bytes are not a field.
  mutating func next() -> Field? {
    guard let field = self.field(depth: 0), field.type != .endOfGroup else { return nil }
    return field
  }

  private mutating func field(depth: Int) -> Field? {
    let begin = self.position
    guard let tag = self.varint(), 1 ... Self.largestNumber ~= tag >> 3,
      let type = WireType(rawValue: UInt8(tag & 7))
    else { return nil }
    let number = UInt32(tag >> 3)
    var payload = self.slice(from: begin, to: begin)
    switch type {
    case .varint: guard self.varint() != nil else { return nil }
    case .fixed64: guard self.skip(8) else { return nil }
    case .fixed32: guard self.skip(4) else { return nil }
    case .lengthDelimited:
      guard let length = self.varint() else { return nil }
      let begin = self.position
      guard self.skip(length) else { return nil }
      payload = self.slice(from: begin, to: self.position)
    case .group: guard depth < Self.maximumDepth, self.skipGroup(number, depth) else { return nil }
    case .endOfGroup: break
    }
    let whole = self.slice(from: begin, to: self.position)
    return Field(number: number, type: type, whole: whole, payload: payload)
  }

  private mutating func skipGroup(_ number: UInt32, _ depth: Int) -> Bool {
    while let field = self.field(depth: depth + 1) {
      if field.type == .endOfGroup { return field.number == number }
    }
    return false
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard self.position < self.bytes.count else { return nil }
      let byte = self.bytes[self.position]
      self.position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func skip(_ count: UInt64) -> Bool {
    guard count <= UInt64(self.bytes.count - self.position) else { return false }
    self.position += Int(count)
    return true
  }

  private func slice(from begin: Int, to end: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: self.bytes[begin ..< end])
  }
}

extension [UInt8] {
  /// Appends a varint.
  mutating func append(varint number: UInt64) {
    var number = number
    while number > 0x7F {
      self.append(UInt8(number & 0x7F) | 0x80)
      number >>= 7
    }
    self.append(UInt8(number))
  }

  /// Appends a field of bytes, text or a message.
  mutating func append(field number: UInt32, _ payload: some Collection<UInt8>) {
    let type = UInt64(WireFields.WireType.lengthDelimited.rawValue)
    self.append(varint: UInt64(number) << 3 | type)
    self.append(varint: UInt64(payload.count))
    self.append(contentsOf: payload)
  }
}
