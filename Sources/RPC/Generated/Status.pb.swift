// Generated from Protos/google/rpc/status.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CStatus
public import Identifiers
public import NIOCore
public import Protobuf

public struct StatusMessage: Hashable, Sendable {
  /// A google.rpc.Code, the same numbers as gRPC's.
  public var code: Int32
  @Bytewise public var message: String
  public var details: [AnyMessage]

  public init(
    code: Int32 = 0,
    message: String = "",
    details: [AnyMessage] = []
  ) {
    self.code = code
    self.message = message
    self.details = details
  }
}

extension StatusMessage: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    google__rpc__status__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Rpc__Status>? {
    google__rpc__status__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Google__Rpc__Status) throws(MessageError) {
    self.init(
      code: c.code,
      message: try CField.string(c.message, "Status.message"),
      details: try CField.messages(c.n_details, c.details)
    )
  }

  public func copy(to c: inout Google__Rpc__Status, in arena: inout Arena) {
    google__rpc__status__init(&c)
    c.code = self.code
    c.message = arena.bytes(self.message)
    (c.n_details, c.details) = arena.messages(self.details)
  }
}
