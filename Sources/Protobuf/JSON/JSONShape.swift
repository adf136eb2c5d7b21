internal import CProtobufC
package import Identifiers

/// What the JSON of a field may be, for descriptions of messages.
package indirect enum JSONShape: Sendable, Hashable {
  case boolean
  /// A number, or a string with one.
  case integer(from: Int64, to: UInt64)
  /// A number, or "NaN", "Infinity" or "-Infinity".
  case number
  case string
  /// A string of base64.
  case base64
  /// One of these names.
  case names([Identifier])
  case list(JSONShape)
  /// An object with members of any names, which all are of one shape.
  case map(JSONShape)
  /// The members of a message, by their names in the proto.
  case message([Member])

  /// A member of a message.
  package struct Member: Sendable, Hashable {
    /// The field's name in the proto.
    package var name: Identifier
    /// What the field's value may be.
    package var shape: JSONShape
  }

  /// The shape of a message.
  package init<Message: CMessage & JSONMessage>(_: Message.Type) {
    self = .message(Self.members(of: Message.self))
  }

  /// The members of a message.
  package static func members<Message: CMessage & JSONMessage>(of _: Message.Type) -> [Member] {
    Self.members(Message.fields, Message.descriptor)
  }

  private static func members(
    _ fields: [MessageField],
    _ descriptor: ProtobufCMessageDescriptor
  ) -> [Member] {
    let described = UnsafeBufferPointer(start: descriptor.fields, count: Int(descriptor.n_fields))
    return fields.compactMap { field in
      described.first { $0.id == field.number }.map {
        Member(name: Identifier(field.name), shape: Self.shape(of: field, $0))
      }
    }
  }

  private static func shape(
    of field: MessageField,
    _ descriptor: ProtobufCFieldDescriptor
  ) -> JSONShape {
    let isRepeated = descriptor.label == PROTOBUF_C_LABEL_REPEATED
    // A map is a list of entries, which are no message of the API.
    if field.isMap { return .map(Self.mapValue(of: field, descriptor)) }
    if descriptor.type == PROTOBUF_C_TYPE_MESSAGE, field.message == nil { return .map(.string) }
    let element = Self.element(of: field, descriptor)
    return isRepeated ? .list(element) : element
  }

  /// The second field of a map's entry.
  private static func mapValue(
    of field: MessageField,
    _ descriptor: ProtobufCFieldDescriptor
  ) -> JSONShape {
    // protoc-c's descriptor of a message field points to that of its message.
    let entry = descriptor.descriptor?.load(as: ProtobufCMessageDescriptor.self)
    let members = UnsafeBufferPointer(
      start: entry?.fields,
      count: Int(entry?.n_fields ?? 0)
    )
    guard let value = members.first(where: { $0.id == 2 }) else { return .message([]) }
    return Self.element(of: field, value)
  }

  private static func element(
    of field: MessageField,
    _ descriptor: ProtobufCFieldDescriptor
  ) -> JSONShape {
    // In the C structures an enum is a number.
    if let enumeration = field.enumeration { return .names(enumeration.names.map(\.name)) }
    switch descriptor.type {
    case PROTOBUF_C_TYPE_BOOL: return .boolean
    case PROTOBUF_C_TYPE_INT32: return .integer(from: Int64(Int32.min), to: UInt64(Int32.max))
    case PROTOBUF_C_TYPE_INT64: return .integer(from: .min, to: UInt64(Int64.max))
    case PROTOBUF_C_TYPE_UINT32: return .integer(from: 0, to: UInt64(UInt32.max))
    case PROTOBUF_C_TYPE_UINT64: return .integer(from: 0, to: .max)
    case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_DOUBLE: return .number
    case PROTOBUF_C_TYPE_BYTES: return .base64
    case PROTOBUF_C_TYPE_MESSAGE:
      // protoc-c's descriptor of a message field points to that of its message.
      let message = descriptor.descriptor?.load(as: ProtobufCMessageDescriptor.self)
      return .message(message.map { Self.members(field.message?.fields ?? [], $0) } ?? [])
    default: return .string
    }
  }
}
