// Generated from Protos/google/protobuf/any.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CStatus
public import Identifiers
public import NIOCore
public import Protobuf

public struct AnyMessage: Hashable, Sendable {
  @Bytewise public var typeUrl: String
  public var value: ByteBuffer

  public init(
    typeUrl: String = "",
    value: ByteBuffer = ByteBuffer()
  ) {
    self.typeUrl = typeUrl
    self.value = value
  }
}

extension AnyMessage: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    google__protobuf__any__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Protobuf__Any>? {
    google__protobuf__any__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Google__Protobuf__Any) throws(MessageError) {
    self.init(
      typeUrl: try CField.string(c.type_url, "Any.type_url"),
      value: CField.bytes(c.value)
    )
  }

  public func copy(to c: inout Google__Protobuf__Any, in arena: inout Arena) {
    google__protobuf__any__init(&c)
    c.type_url = arena.bytes(self.typeUrl)
    c.value = arena.bytes(self.value)
  }
}
