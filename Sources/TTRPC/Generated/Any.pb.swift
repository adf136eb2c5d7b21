// Generated from Protos/google/protobuf/any.proto by `make proto`: do not edit.
// swift-format-ignore-file

internal import CProtobufC
internal import CTTRPC
internal import Identifiers
internal import NIOCore
internal import Protobuf

struct AnyMessage: Hashable, Sendable {
  @Bytewise var typeUrl: String
  var value: ByteBuffer

  init(
    typeUrl: String = "",
    value: ByteBuffer = ByteBuffer()
  ) {
    self.typeUrl = typeUrl
    self.value = value
  }
}

extension AnyMessage: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    google__protobuf__any__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Protobuf__Any>? {
    google__protobuf__any__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Google__Protobuf__Any) throws(MessageError) {
    self.init(
      typeUrl: try CField.string(c.type_url, "Any.type_url"),
      value: CField.bytes(c.value)
    )
  }

  func copy(to c: inout Google__Protobuf__Any, in arena: inout Arena) {
    google__protobuf__any__init(&c)
    c.type_url = arena.bytes(self.typeUrl)
    c.value = arena.bytes(self.value)
  }
}
