public import CProtobufC

/// Encoded messages in a form that protobuf-c reads according to protobuf's specification.
///
/// protobuf-c (1.5 and before) does not merge the parts of a split message in a oneof, and refuses
/// groups and fields with a wrong wire type, which the specification skips as unknown fields
/// (https://protobuf.dev/programming-guides/encoding/#last-one-wins). Messages with any of these
/// are rare; the others stay unchanged.
@usableFromInline
enum WireForm {
  /// protobuf-c reads the message correctly.
  case asItIs
  /// The same message, encoded in that form.
  case rewritten([UInt8])
  /// The bytes are not a message.
  case malformed

  @usableFromInline
  init(of bytes: UnsafeBufferPointer<UInt8>, _ descriptor: ProtobufCMessageDescriptor) {
    switch Self.verdict(on: bytes, descriptor) {
    case .good: self = .asItIs
    case .malformed: self = .malformed
    case .misread:
      var output: [UInt8] = []
      Self.rewrite(bytes, descriptor, into: &output)
      self = .rewritten(output)
    }
  }

  private enum Verdict {
    case good
    case misread
    case malformed
  }

  private static func verdict(
    on bytes: UnsafeBufferPointer<UInt8>,
    _ descriptor: ProtobufCMessageDescriptor
  ) -> Verdict {
    var verdict = Verdict.good
    var fields = WireFields(bytes)
    // By index. With more than 64 fields two may share a bit: then a message is rewritten
    // needlessly.
    var seen: UInt64 = 0
    var index = 0
    while !fields.isAtEnd {
      guard let field = fields.next() else { return .malformed }
      guard let known = descriptor.index(of: field.number, tryFirst: index) else {
        if field.type == .group { verdict = .misread }
        continue
      }
      index = known
      let declared = descriptor.fields[known]
      guard declared.accepts(field.type) else {
        verdict = .misread
        continue
      }
      guard declared.type == PROTOBUF_C_TYPE_MESSAGE else { continue }
      let bit = UInt64(1) << UInt64(known % 64)
      if declared.isSingular, seen & bit != 0 { verdict = .misread }
      seen |= bit
      switch Self.verdict(on: field.payload, declared.message) {
      case .good: break
      case .misread: verdict = .misread
      case .malformed: return .malformed
      }
    }
    return verdict
  }

  /// The concatenated parts of a singular message are the merged message.
  private static func rewrite(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ descriptor: ProtobufCMessageDescriptor,
    into output: inout [UInt8]
  ) {
    var fields = WireFields(bytes)
    var parts: [Int: [UInt8]] = [:]
    while !fields.isAtEnd, let field = fields.next() {
      guard let index = descriptor.index(of: field.number, tryFirst: 0) else { continue }
      let declared = descriptor.fields[index]
      guard declared.accepts(field.type) else { continue }
      if declared.isOneOfMember, !parts.isEmpty {
        // The last member of a oneof counts.
        parts = parts.filter { other, _ in
          other == index || !descriptor.fields[other].isOneOfMember
            || descriptor.fields[other].quantifier_offset != declared.quantifier_offset
        }
      }
      if declared.type != PROTOBUF_C_TYPE_MESSAGE {
        output += field.whole
      } else if declared.isSingular {
        parts[index, default: []] += field.payload
      } else {
        Self.write(field.payload, of: declared, into: &output)
      }
    }
    for (index, part) in parts.sorted(by: { $0.key < $1.key }) {
      part.withUnsafeBufferPointer { Self.write($0, of: descriptor.fields[index], into: &output) }
    }
  }

  private static func write(
    _ payload: UnsafeBufferPointer<UInt8>,
    of field: ProtobufCFieldDescriptor,
    into output: inout [UInt8]
  ) {
    var message: [UInt8] = []
    Self.rewrite(payload, field.message, into: &message)
    output.append(field: field.id, message)
  }
}

extension ProtobufCMessageDescriptor {
  /// - Parameter guess: the likely index of the field, or the one before it: most messages have
  ///   their fields in the order of their numbers.
  fileprivate func index(of number: UInt32, tryFirst guess: Int) -> Int? {
    for index in guess ..< min(guess + 2, Int(self.n_fields))
    where self.fields[index].id == number {
      return index
    }
    // Descriptors have the fields in the order of their numbers.
    var (low, high) = (0, Int(self.n_fields))
    while low < high {
      let middle = (low + high) / 2
      if self.fields[middle].id < number { low = middle + 1 } else { high = middle }
    }
    return low < Int(self.n_fields) && self.fields[low].id == number ? low : nil
  }
}

extension ProtobufCFieldDescriptor {
  fileprivate var isSingular: Bool { self.label != PROTOBUF_C_LABEL_REPEATED }

  fileprivate var isOneOfMember: Bool {
    self.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
  }

  /// The descriptor of a message field's type.
  fileprivate var message: ProtobufCMessageDescriptor {
    self.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self).pointee
  }

  fileprivate func accepts(_ type: WireFields.WireType) -> Bool {
    if type == self.wireType { return true }
    return type == .lengthDelimited && !self.isSingular
  }

  private var wireType: WireFields.WireType {
    switch self.type {
    case PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_FLOAT: .fixed32
    case PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_DOUBLE: .fixed64
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: .lengthDelimited
    default: .varint
    }
  }
}
