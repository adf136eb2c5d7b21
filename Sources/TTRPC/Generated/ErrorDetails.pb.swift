// Generated from Protos/google/rpc/error_details.proto by `make proto`: do not edit.
// swift-format-ignore-file

internal import CProtobufC
internal import CTTRPC
internal import NIOCore
internal import Protobuf

struct RetryInfoMessage: Hashable, Sendable {
  /// How long to wait before calling again.
  var retryDelay: DurationMessage?

  init(
    retryDelay: DurationMessage? = nil
  ) {
    self.retryDelay = retryDelay
  }
}

extension RetryInfoMessage: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    google__rpc__retry_info__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Rpc__RetryInfo>? {
    google__rpc__retry_info__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Google__Rpc__RetryInfo) throws(MessageError) {
    self.init(
      retryDelay: try CField.message(c.retry_delay)
    )
  }

  func copy(to c: inout Google__Rpc__RetryInfo, in arena: inout Arena) {
    google__rpc__retry_info__init(&c)
    c.retry_delay = arena.message(self.retryDelay)
  }
}
