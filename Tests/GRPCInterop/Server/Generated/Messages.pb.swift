// Generated from Protos/grpc/testing/messages.proto by `make proto`: do not edit.
// swift-format-ignore-file

internal import CGRPCTesting
internal import CProtobufC
internal import Identifiers
internal import NIOCore
internal import Protobuf

struct Empty: Hashable, Sendable {
  init() {}
}

extension Empty: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__empty__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__Empty>? {
    grpc__testing__empty__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__Empty) throws(MessageError) {
    self.init()
  }

  func copy(to c: inout Grpc__Testing__Empty, in arena: inout Arena) {
    grpc__testing__empty__init(&c)
  }
}

struct Payload: Hashable, Sendable {
  var type: PayloadType
  var body: ByteBuffer

  init(
    type: PayloadType = .compressable,
    body: ByteBuffer = ByteBuffer()
  ) {
    self.type = type
    self.body = body
  }
}

extension Payload: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__payload__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__Payload>? {
    grpc__testing__payload__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__Payload) throws(MessageError) {
    self.init(
      type: PayloadType(rawValue: c.type),
      body: CField.bytes(c.body)
    )
  }

  func copy(to c: inout Grpc__Testing__Payload, in arena: inout Arena) {
    grpc__testing__payload__init(&c)
    c.type = self.type.rawValue
    c.body = arena.bytes(self.body)
  }
}

/// What the call ends with.
struct EchoStatus: Hashable, Sendable {
  var code: Int32
  @Bytewise var message: String

  init(
    code: Int32 = 0,
    message: String = ""
  ) {
    self.code = code
    self.message = message
  }
}

extension EchoStatus: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__echo_status__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__EchoStatus>? {
    grpc__testing__echo_status__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__EchoStatus) throws(MessageError) {
    self.init(
      code: c.code,
      message: try CField.string(c.message, "EchoStatus.message")
    )
  }

  func copy(to c: inout Grpc__Testing__EchoStatus, in arena: inout Arena) {
    grpc__testing__echo_status__init(&c)
    c.code = self.code
    c.message = arena.bytes(self.message)
  }
}

struct SimpleRequest: Hashable, Sendable {
  var responseType: PayloadType
  var responseSize: Int32
  var payload: Payload?
  var responseStatus: EchoStatus?

  init(
    responseType: PayloadType = .compressable,
    responseSize: Int32 = 0,
    payload: Payload? = nil,
    responseStatus: EchoStatus? = nil
  ) {
    self.responseType = responseType
    self.responseSize = responseSize
    self.payload = payload
    self.responseStatus = responseStatus
  }
}

extension SimpleRequest: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__simple_request__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__SimpleRequest>? {
    grpc__testing__simple_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__SimpleRequest) throws(MessageError) {
    self.init(
      responseType: PayloadType(rawValue: c.response_type),
      responseSize: c.response_size,
      payload: try CField.message(c.payload),
      responseStatus: try CField.message(c.response_status)
    )
  }

  func copy(to c: inout Grpc__Testing__SimpleRequest, in arena: inout Arena) {
    grpc__testing__simple_request__init(&c)
    c.response_type = self.responseType.rawValue
    c.response_size = self.responseSize
    c.payload = arena.message(self.payload)
    c.response_status = arena.message(self.responseStatus)
  }
}

struct SimpleResponse: Hashable, Sendable {
  var payload: Payload?

  init(
    payload: Payload? = nil
  ) {
    self.payload = payload
  }
}

extension SimpleResponse: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__simple_response__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__SimpleResponse>? {
    grpc__testing__simple_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__SimpleResponse) throws(MessageError) {
    self.init(
      payload: try CField.message(c.payload)
    )
  }

  func copy(to c: inout Grpc__Testing__SimpleResponse, in arena: inout Arena) {
    grpc__testing__simple_response__init(&c)
    c.payload = arena.message(self.payload)
  }
}

struct StreamingInputCallRequest: Hashable, Sendable {
  var payload: Payload?

  init(
    payload: Payload? = nil
  ) {
    self.payload = payload
  }
}

extension StreamingInputCallRequest: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__streaming_input_call_request__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__StreamingInputCallRequest>? {
    grpc__testing__streaming_input_call_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__StreamingInputCallRequest) throws(MessageError) {
    self.init(
      payload: try CField.message(c.payload)
    )
  }

  func copy(to c: inout Grpc__Testing__StreamingInputCallRequest, in arena: inout Arena) {
    grpc__testing__streaming_input_call_request__init(&c)
    c.payload = arena.message(self.payload)
  }
}

struct StreamingInputCallResponse: Hashable, Sendable {
  var aggregatedPayloadSize: Int32

  init(
    aggregatedPayloadSize: Int32 = 0
  ) {
    self.aggregatedPayloadSize = aggregatedPayloadSize
  }
}

extension StreamingInputCallResponse: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__streaming_input_call_response__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__StreamingInputCallResponse>? {
    grpc__testing__streaming_input_call_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__StreamingInputCallResponse) throws(MessageError) {
    self.init(
      aggregatedPayloadSize: c.aggregated_payload_size
    )
  }

  func copy(to c: inout Grpc__Testing__StreamingInputCallResponse, in arena: inout Arena) {
    grpc__testing__streaming_input_call_response__init(&c)
    c.aggregated_payload_size = self.aggregatedPayloadSize
  }
}

struct ResponseParameters: Hashable, Sendable {
  var size: Int32
  /// The time before this response.
  var intervalUs: Int32

  init(
    size: Int32 = 0,
    intervalUs: Int32 = 0
  ) {
    self.size = size
    self.intervalUs = intervalUs
  }
}

extension ResponseParameters: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__response_parameters__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__ResponseParameters>? {
    grpc__testing__response_parameters__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__ResponseParameters) throws(MessageError) {
    self.init(
      size: c.size,
      intervalUs: c.interval_us
    )
  }

  func copy(to c: inout Grpc__Testing__ResponseParameters, in arena: inout Arena) {
    grpc__testing__response_parameters__init(&c)
    c.size = self.size
    c.interval_us = self.intervalUs
  }
}

struct StreamingOutputCallRequest: Hashable, Sendable {
  var responseType: PayloadType
  var responseParameters: [ResponseParameters]
  var payload: Payload?
  var responseStatus: EchoStatus?

  init(
    responseType: PayloadType = .compressable,
    responseParameters: [ResponseParameters] = [],
    payload: Payload? = nil,
    responseStatus: EchoStatus? = nil
  ) {
    self.responseType = responseType
    self.responseParameters = responseParameters
    self.payload = payload
    self.responseStatus = responseStatus
  }
}

extension StreamingOutputCallRequest: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__streaming_output_call_request__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__StreamingOutputCallRequest>? {
    grpc__testing__streaming_output_call_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__StreamingOutputCallRequest) throws(MessageError) {
    self.init(
      responseType: PayloadType(rawValue: c.response_type),
      responseParameters: try CField.messages(c.n_response_parameters, c.response_parameters),
      payload: try CField.message(c.payload),
      responseStatus: try CField.message(c.response_status)
    )
  }

  func copy(to c: inout Grpc__Testing__StreamingOutputCallRequest, in arena: inout Arena) {
    grpc__testing__streaming_output_call_request__init(&c)
    c.response_type = self.responseType.rawValue
    (c.n_response_parameters, c.response_parameters) = arena.messages(self.responseParameters)
    c.payload = arena.message(self.payload)
    c.response_status = arena.message(self.responseStatus)
  }
}

struct StreamingOutputCallResponse: Hashable, Sendable {
  var payload: Payload?

  init(
    payload: Payload? = nil
  ) {
    self.payload = payload
  }
}

extension StreamingOutputCallResponse: CMessage {
  init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  static var descriptor: ProtobufCMessageDescriptor {
    grpc__testing__streaming_output_call_response__descriptor
  }

  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Testing__StreamingOutputCallResponse>? {
    grpc__testing__streaming_output_call_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  init(_ c: Grpc__Testing__StreamingOutputCallResponse) throws(MessageError) {
    self.init(
      payload: try CField.message(c.payload)
    )
  }

  func copy(to c: inout Grpc__Testing__StreamingOutputCallResponse, in arena: inout Arena) {
    grpc__testing__streaming_output_call_response__init(&c)
    c.payload = arena.message(self.payload)
  }
}

struct PayloadType: RawRepresentable, Hashable, Sendable {
  var rawValue: Int32

  init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  static let compressable = PayloadType(rawValue: 0)
}
