// Generated from Protos/google/rpc/error_details.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CStatus
public import NIOCore
public import Protobuf

public struct RetryInfoMessage: Hashable, Sendable {
  /// How long to wait before calling again.
  public var retryDelay: DurationMessage?

  public init(
    retryDelay: DurationMessage? = nil
  ) {
    self.retryDelay = retryDelay
  }
}

extension RetryInfoMessage: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    google__rpc__retry_info__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Rpc__RetryInfo>? {
    google__rpc__retry_info__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Google__Rpc__RetryInfo) throws(MessageError) {
    self.init(
      retryDelay: try CField.message(c.retry_delay)
    )
  }

  public func copy(to c: inout Google__Rpc__RetryInfo, in arena: inout Arena) {
    google__rpc__retry_info__init(&c)
    c.retry_delay = arena.message(self.retryDelay)
  }
}
