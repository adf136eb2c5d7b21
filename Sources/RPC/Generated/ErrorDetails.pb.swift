// Generated from Protos/google/rpc/error_details.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CStatus
public import Identifiers
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

public struct ErrorInfoMessage: Hashable, Sendable {
  /// What was wrong, for programs: words of capital letters and underscores.
  @Bytewise public var reason: String
  /// Whose reasons these are.
  @Bytewise public var domain: String

  public init(
    reason: String = "",
    domain: String = ""
  ) {
    self.reason = reason
    self.domain = domain
  }
}

extension ErrorInfoMessage: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    google__rpc__error_info__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Google__Rpc__ErrorInfo>? {
    google__rpc__error_info__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Google__Rpc__ErrorInfo) throws(MessageError) {
    self.init(
      reason: try CField.string(c.reason, "ErrorInfo.reason"),
      domain: try CField.string(c.domain, "ErrorInfo.domain")
    )
  }

  public func copy(to c: inout Google__Rpc__ErrorInfo, in arena: inout Arena) {
    google__rpc__error_info__init(&c)
    c.reason = arena.bytes(self.reason)
    c.domain = arena.bytes(self.domain)
  }
}
