// Generated from Protos/google/protobuf/duration.proto by `make proto`: do not edit.
// swift-format-ignore-file

internal import CProtobufC
internal import CTTRPC
internal import NIOCore
internal import Protobuf

struct DurationMessage: Hashable, Sendable {
  var seconds: Int64
  /// From -999,999,999 to 999,999,999, with the sign of the seconds.
  var nanos: Int32

  init(
    seconds: Int64 = 0,
    nanos: Int32 = 0
  ) {
    self.seconds = seconds
    self.nanos = nanos
  }
}

extension DurationMessage: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    google__protobuf__duration__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Protobuf__Duration>? {
    google__protobuf__duration__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Google__Protobuf__Duration) throws(MessageError) {
    self.init(
      seconds: c.seconds,
      nanos: c.nanos
    )
  }

  func copy(to c: inout Google__Protobuf__Duration, in arena: inout Arena) {
    google__protobuf__duration__init(&c)
    c.seconds = self.seconds
    c.nanos = self.nanos
  }
}
