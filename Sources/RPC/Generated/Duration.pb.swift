// Generated from Protos/google/protobuf/duration.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CStatus
public import NIOCore
public import Protobuf

public struct DurationMessage: Hashable, Sendable {
  public var seconds: Int64
  /// From -999,999,999 to 999,999,999, with the sign of the seconds.
  public var nanos: Int32

  public init(
    seconds: Int64 = 0,
    nanos: Int32 = 0
  ) {
    self.seconds = seconds
    self.nanos = nanos
  }
}

extension DurationMessage: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    google__protobuf__duration__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Protobuf__Duration>? {
    google__protobuf__duration__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Google__Protobuf__Duration) throws(MessageError) {
    self.init(
      seconds: c.seconds,
      nanos: c.nanos
    )
  }

  public func copy(to c: inout Google__Protobuf__Duration, in arena: inout Arena) {
    google__protobuf__duration__init(&c)
    c.seconds = self.seconds
    c.nanos = self.nanos
  }
}
