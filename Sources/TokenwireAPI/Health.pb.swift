// Generated from Protos/grpc/health/v1/health.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CTokenwireAPI
public import Identifiers
public import NIOCore
public import Protobuf

public struct HealthCheckRequest: Hashable, Sendable {
  @Bytewise public var service: String

  public init(
    service: String = ""
  ) {
    self.service = service
  }
}

extension HealthCheckRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__health__v1__health_check_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Health__V1__HealthCheckRequest>? {
    grpc__health__v1__health_check_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Health__V1__HealthCheckRequest) throws(MessageError) {
    self.init(
      service: try CField.string(c.service, "HealthCheckRequest.service")
    )
  }

  public func copy(to c: inout Grpc__Health__V1__HealthCheckRequest, in arena: inout Arena) {
    grpc__health__v1__health_check_request__init(&c)
    c.service = arena.bytes(self.service)
  }
}

public struct HealthCheckResponse: Hashable, Sendable {
  public var status: HealthCheckResponse.ServingStatus

  public init(
    status: HealthCheckResponse.ServingStatus = .unknown
  ) {
    self.status = status
  }

  public struct ServingStatus: RawRepresentable, Hashable, Sendable {
    public var rawValue: Int32

    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    public static let unknown = ServingStatus(rawValue: 0)
    public static let serving = ServingStatus(rawValue: 1)
    public static let notServing = ServingStatus(rawValue: 2)
    /// Only `Watch` answers so.
    public static let serviceUnknown = ServingStatus(rawValue: 3)
  }
}

extension HealthCheckResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__health__v1__health_check_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Health__V1__HealthCheckResponse>? {
    grpc__health__v1__health_check_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Health__V1__HealthCheckResponse) throws(MessageError) {
    self.init(
      status: HealthCheckResponse.ServingStatus(rawValue: c.status)
    )
  }

  public func copy(to c: inout Grpc__Health__V1__HealthCheckResponse, in arena: inout Arena) {
    grpc__health__v1__health_check_response__init(&c)
    c.status = self.status.rawValue
  }
}

public struct HealthListRequest: Hashable, Sendable {
  public init() {}
}

extension HealthListRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__health__v1__health_list_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Health__V1__HealthListRequest>? {
    grpc__health__v1__health_list_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Health__V1__HealthListRequest) throws(MessageError) {
    self.init()
  }

  public func copy(to c: inout Grpc__Health__V1__HealthListRequest, in arena: inout Arena) {
    grpc__health__v1__health_list_request__init(&c)
  }
}

public struct HealthListResponse: Hashable, Sendable {
  /// By the names that `Check` knows.
  public var statuses: [Identifier: HealthCheckResponse]

  public init(
    statuses: [Identifier: HealthCheckResponse] = [:]
  ) {
    self.statuses = statuses
  }
}

extension HealthListResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__health__v1__health_list_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Health__V1__HealthListResponse>? {
    grpc__health__v1__health_list_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Health__V1__HealthListResponse) throws(MessageError) {
    self.init(
      statuses: try CField.messageMap(c.n_statuses, c.statuses, "HealthListResponse.statuses") { ($0.key, $0.value) }
    )
  }

  public func copy(to c: inout Grpc__Health__V1__HealthListResponse, in arena: inout Arena) {
    grpc__health__v1__health_list_response__init(&c)
    (c.n_statuses, c.statuses) = arena.messageMap(self.statuses) { grpc__health__v1__health_list_response__statuses_entry__init(&$0); ($0.key, $0.value) = ($1, $2) }
  }
}
