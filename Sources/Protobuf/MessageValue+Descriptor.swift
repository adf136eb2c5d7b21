internal import CProtobufC
internal import Identifiers
public import NIOCore

extension CMessage {
  /// Decodes a message to a tree of its fields' names and values.
  ///
  /// - Throws: `MessageError` when the bytes are not this message.
  public static func value(of bytes: ByteBuffer) throws(MessageError) -> MessageValue {
    let result = bytes.withUnsafeReadableBytes { bytes in
      Arena.withArena { arena -> Result<MessageValue, MessageError> in
        withUnsafeMutablePointer(to: &arena) { arena in
          var allocator = ProtobufCAllocator(
            alloc: { arena, size in
              arena?.assumingMemoryBound(to: Arena.self).pointee.allocate(byteCount: size)
            },
            free: { _, _ in },
            allocator_data: arena
          )
          guard
            let message = Self.unpackInWireForm(&allocator, bytes.bindMemory(to: UInt8.self))
          else {
            return .failure(MessageError("the bytes are not a \(Self.self)"))
          }
          // Sound: the first member of each of protoc-c's structs is a `ProtobufCMessage`.
          return .success(MessageValue(messageAt: UnsafeRawPointer(message)))
        }
      }
    }
    return try result.get()
  }
}

/// Reads protoc-c's structs by their descriptors, which have the offset of each field.
extension MessageValue {
  /// - Parameter message: begins with a `ProtobufCMessage`, as all of protoc-c's structs do.
  fileprivate init(messageAt message: UnsafeRawPointer) {
    guard let descriptor = message.load(as: ProtobufCMessage.self).descriptor?.pointee else {
      self = .fields([])
      return
    }
    let fields = UnsafeBufferPointer(start: descriptor.fields, count: Int(descriptor.n_fields))
    self = .fields(
      fields.compactMap { field in
        Self.value(of: field, in: message).map {
          Field(Identifier(String(cString: field.name)), $0)
        }
      }
    )
  }

  /// Nil for a field that is absent or has its default.
  private static func value(
    of field: ProtobufCFieldDescriptor,
    in message: UnsafeRawPointer
  ) -> MessageValue? {
    let place = message + Int(field.offset)
    if field.label == PROTOBUF_C_LABEL_REPEATED {
      let count = message.load(fromByteOffset: Int(field.quantifier_offset), as: Int.self)
      guard count > 0, let first = place.load(as: UnsafeRawPointer?.self) else { return nil }
      let stride = Self.stride(of: field)
      return .list((0 ..< count).compactMap { Self.element(field, at: first + $0 * stride) })
    }
    if field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 {
      let member = message.load(fromByteOffset: Int(field.quantifier_offset), as: UInt32.self)
      return member == field.id ? Self.element(field, at: place) : nil
    }
    let value = Self.element(field, at: place)
    return value?.isDefault == true ? nil : value
  }

  private var isDefault: Bool {
    switch self {
    case .bool(let value): !value
    case .integer(let value): value == 0
    case .unsigned(let value): value == 0
    case .number(let value): value == 0
    case .text(let value): value.isEmpty
    case .bytes, .name, .list, .fields: false
    }
  }

  private static func stride(of field: ProtobufCFieldDescriptor) -> Int {
    switch field.type {
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64,
      PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_DOUBLE:
      8
    case PROTOBUF_C_TYPE_BYTES: MemoryLayout<ProtobufCBinaryData>.stride
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_MESSAGE: MemoryLayout<UnsafeRawPointer>.stride
    default: 4
    }
  }

  /// One value of a field; nil for a message that is absent.
  private static func element(
    _ field: ProtobufCFieldDescriptor,
    at place: UnsafeRawPointer
  ) -> MessageValue? {
    switch field.type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32:
      return .integer(Int64(place.load(as: Int32.self)))
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64:
      return .integer(place.load(as: Int64.self))
    case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32:
      return .unsigned(UInt64(place.load(as: UInt32.self)))
    case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
      return .unsigned(place.load(as: UInt64.self))
    case PROTOBUF_C_TYPE_FLOAT: return .number(Double(place.load(as: Float.self)))
    case PROTOBUF_C_TYPE_DOUBLE: return .number(place.load(as: Double.self))
    case PROTOBUF_C_TYPE_BOOL: return .bool(place.load(as: protobuf_c_boolean.self) != 0)
    case PROTOBUF_C_TYPE_BYTES:
      let data = place.load(as: ProtobufCBinaryData.self)
      let bytes = UnsafeBufferPointer(start: data.data, count: data.len)
      return String(validating: bytes, as: UTF8.self).map { .text(Identifier($0)) }
        ?? .bytes(ByteBuffer(bytes: bytes))
    case PROTOBUF_C_TYPE_MESSAGE:
      return place.load(as: UnsafeRawPointer?.self).map { MessageValue(messageAt: $0) }
    default:
      return place.load(as: UnsafePointer<CChar>?.self)
        .map { .text(Identifier(String(cString: $0))) }
    }
  }
}
