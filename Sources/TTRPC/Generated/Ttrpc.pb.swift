// Generated from Protos/ttrpc/ttrpc.proto by `make proto`: do not edit.
// swift-format-ignore-file

internal import CProtobufC
internal import CStatus
internal import CTTRPC
internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import RPC

struct RequestEnvelope: Hashable, Sendable {
  @Bytewise var service: String
  @Bytewise var method: String
  var payload: ByteBuffer
  /// Relative to the arrival of the request; 0 means no deadline.
  var timeoutNano: Int64
  var metadata: [KeyValue]

  init(
    service: String = "",
    method: String = "",
    payload: ByteBuffer = ByteBuffer(),
    timeoutNano: Int64 = 0,
    metadata: [KeyValue] = []
  ) {
    self.service = service
    self.method = method
    self.payload = payload
    self.timeoutNano = timeoutNano
    self.metadata = metadata
  }
}

extension RequestEnvelope: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    ttrpc__request__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Ttrpc__Request>? {
    ttrpc__request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Ttrpc__Request) throws(MessageError) {
    self.init(
      service: try CField.string(c.service, "Request.service"),
      method: try CField.string(c.method, "Request.method"),
      payload: CField.bytes(c.payload),
      timeoutNano: c.timeout_nano,
      metadata: try CField.messages(c.n_metadata, c.metadata)
    )
  }

  func copy(to c: inout Ttrpc__Request, in arena: inout Arena) {
    ttrpc__request__init(&c)
    c.service = arena.bytes(self.service)
    c.method = arena.bytes(self.method)
    c.payload = arena.bytes(self.payload)
    c.timeout_nano = self.timeoutNano
    (c.n_metadata, c.metadata) = arena.messages(self.metadata)
  }
}

struct ResponseEnvelope: Hashable, Sendable {
  var status: StatusMessage?
  var payload: ByteBuffer

  init(
    status: StatusMessage? = nil,
    payload: ByteBuffer = ByteBuffer()
  ) {
    self.status = status
    self.payload = payload
  }
}

extension ResponseEnvelope: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    ttrpc__response__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Ttrpc__Response>? {
    ttrpc__response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Ttrpc__Response) throws(MessageError) {
    self.init(
      status: try CField.message(c.status),
      payload: CField.bytes(c.payload)
    )
  }

  func copy(to c: inout Ttrpc__Response, in arena: inout Arena) {
    ttrpc__response__init(&c)
    c.status = arena.message(self.status)
    c.payload = arena.bytes(self.payload)
  }
}

struct KeyValue: Hashable, Sendable {
  @Bytewise var key: String
  @Bytewise var value: String

  init(
    key: String = "",
    value: String = ""
  ) {
    self.key = key
    self.value = value
  }
}

extension KeyValue: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    ttrpc__key_value__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Ttrpc__KeyValue>? {
    ttrpc__key_value__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Ttrpc__KeyValue) throws(MessageError) {
    self.init(
      key: try CField.string(c.key, "KeyValue.key"),
      value: try CField.string(c.value, "KeyValue.value")
    )
  }

  func copy(to c: inout Ttrpc__KeyValue, in arena: inout Arena) {
    ttrpc__key_value__init(&c)
    c.key = arena.bytes(self.key)
    c.value = arena.bytes(self.value)
  }
}
