import CProtobufC
import NIOCore
import Protobuf
import TestTexts

extension CMessage {
  /// A message whose fields have random values, made from protoc-c's description of it.
  static func random(using generator: inout SeededGenerator) throws -> Self {
    let bytes = RandomMessage.bytes(of: self.descriptor, using: &generator)
    return try Self(serialized: ByteBuffer(bytes: bytes))
  }
}

/// Writes a message as it stands on the wire.
private enum RandomMessage {
  static func bytes(
    of descriptor: ProtobufCMessageDescriptor,
    using generator: inout SeededGenerator
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    // Of a oneof, one member at most.
    var oneOfs: Set<UInt32> = []
    let fields = UnsafeBufferPointer(start: descriptor.fields, count: Int(descriptor.n_fields))
    for field in fields.shuffled(using: &generator) where Bool.random(using: &generator) {
      let isOneOf = field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
      if isOneOf, !oneOfs.insert(field.quantifier_offset).inserted { continue }
      let isRepeated = field.label == PROTOBUF_C_LABEL_REPEATED
      for _ in 0 ..< (isRepeated ? Int.random(in: 0 ... 3, using: &generator) : 1) {
        self.append(field, to: &bytes, using: &generator)
      }
    }
    return bytes
  }

  private static func append(
    _ field: ProtobufCFieldDescriptor,
    to bytes: inout [UInt8],
    using generator: inout SeededGenerator
  ) {
    let number = UInt64(field.id) << 3
    switch field.type {
    case PROTOBUF_C_TYPE_FLOAT:
      self.append(number | 5, to: &bytes)
      let float = Float.interesting.randomElement(using: &generator) ?? 0
      withUnsafeBytes(of: float.bitPattern.littleEndian) { bytes += $0 }
    case PROTOBUF_C_TYPE_BYTES:
      let text = Array((texts.randomElement(using: &generator) ?? "").utf8)
      self.append(number | 2, text, to: &bytes)
    case PROTOBUF_C_TYPE_MESSAGE:
      // Sound: a field of a message type points to the description of that.
      let message = field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
      self.append(number | 2, self.bytes(of: message.pointee, using: &generator), to: &bytes)
    case PROTOBUF_C_TYPE_BOOL:
      self.append(number, to: &bytes)
      bytes.append(Bool.random(using: &generator) ? 1 : 0)
    default:
      self.append(number, to: &bytes)
      // Of any size. A field of fewer bits takes the lower ones.
      self.append(generator.next() >> UInt64.random(in: 0 ..< 64, using: &generator), to: &bytes)
    }
  }

  private static let texts = [
    "", "a", "Grüße 🎌", "\u{0}\u{8}\t\n\u{C}\r\"\\/<\u{7F}\u{2028}", "\u{E9}", "e\u{301}", "null",
  ]

  private static func append(_ tag: UInt64, _ payload: [UInt8], to bytes: inout [UInt8]) {
    self.append(tag, to: &bytes)
    self.append(UInt64(payload.count), to: &bytes)
    bytes += payload
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var number = number
    while number > 0x7F {
      bytes.append(UInt8(number & 0x7F) | 0x80)
      number >>= 7
    }
    bytes.append(UInt8(number))
  }
}

extension Float {
  fileprivate static let interesting: [Float] = [
    0, -0.0, 1, -1.5, 0.1, 1e-5, 1e8, 16_777_216, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    .pi, .infinity, -.infinity, .nan,
  ]
}
