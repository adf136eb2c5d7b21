// Generated from Protos/grpc/reflection/v1/reflection.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CTokenwireAPI
public import Identifiers
public import NIOCore
public import Protobuf

public struct ServerReflectionRequest: Hashable, Sendable {
  @Bytewise public var host: String
  public var messageRequest: MessageRequest?

  public init(
    host: String = "",
    messageRequest: MessageRequest? = nil
  ) {
    self.host = host
    self.messageRequest = messageRequest
  }

  public enum MessageRequest: Hashable, Sendable {
    /// The file with this name, such as "grpc/health/v1/health.proto".
    case fileByFilename(String)
    /// The file that defines this name: a service, a method, a message, an enum or a field.
    case fileContainingSymbol(String)
    /// The file that defines this extension.
    case fileContainingExtension(ReflectionExtensionRequest)
    /// The numbers of all extensions of this message.
    case allExtensionNumbersOfType(String)
    /// The names of all services; the value is ignored.
    case listServices(String)

    public static func == (left: MessageRequest, right: MessageRequest) -> Bool {
      switch (left, right) {
      case (.fileByFilename(let left), .fileByFilename(let right)):
        Identifier(left) == Identifier(right)
      case (.fileContainingSymbol(let left), .fileContainingSymbol(let right)):
        Identifier(left) == Identifier(right)
      case (.fileContainingExtension(let left), .fileContainingExtension(let right)):
        left == right
      case (.allExtensionNumbersOfType(let left), .allExtensionNumbersOfType(let right)):
        Identifier(left) == Identifier(right)
      case (.listServices(let left), .listServices(let right)):
        Identifier(left) == Identifier(right)
      default: false
      }
    }

    public func hash(into hasher: inout Hasher) {
      switch self {
      case .fileByFilename(let value):
        hasher.combine(3)
        hasher.combine(Identifier(value))
      case .fileContainingSymbol(let value):
        hasher.combine(4)
        hasher.combine(Identifier(value))
      case .fileContainingExtension(let value):
        hasher.combine(5)
        hasher.combine(value)
      case .allExtensionNumbersOfType(let value):
        hasher.combine(6)
        hasher.combine(Identifier(value))
      case .listServices(let value):
        hasher.combine(7)
        hasher.combine(Identifier(value))
      }
    }
  }
}

extension ServerReflectionRequest: CMessage {
  private static let messageRequestMembers = OneOf([3: "file_by_filename", 4: "file_containing_symbol", 5: "file_containing_extension", 6: "all_extension_numbers_of_type", 7: "list_services"])

  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    try Self.messageRequestMembers.check(bytes)
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__server_reflection_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__ServerReflectionRequest>? {
    grpc__reflection__v1__server_reflection_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__ServerReflectionRequest) throws(MessageError) {
    self.init(
      host: try CField.string(c.host, "ServerReflectionRequest.host")
    )
    switch c.message_request_case {
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_BY_FILENAME:
      self.messageRequest = try .fileByFilename(CField.string(c.file_by_filename, "ServerReflectionRequest.file_by_filename"))
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_CONTAINING_SYMBOL:
      self.messageRequest = try .fileContainingSymbol(CField.string(c.file_containing_symbol, "ServerReflectionRequest.file_containing_symbol"))
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_CONTAINING_EXTENSION:
      self.messageRequest = try CField.message(c.file_containing_extension).map(MessageRequest.fileContainingExtension)
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_ALL_EXTENSION_NUMBERS_OF_TYPE:
      self.messageRequest = try .allExtensionNumbersOfType(CField.string(c.all_extension_numbers_of_type, "ServerReflectionRequest.all_extension_numbers_of_type"))
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_LIST_SERVICES:
      self.messageRequest = try .listServices(CField.string(c.list_services, "ServerReflectionRequest.list_services"))
    default: break
    }
  }

  public func copy(to c: inout Grpc__Reflection__V1__ServerReflectionRequest, in arena: inout Arena) {
    grpc__reflection__v1__server_reflection_request__init(&c)
    c.host = arena.bytes(self.host)
    switch self.messageRequest {
    case nil: break
    case .fileByFilename(let fileByFilename):
      c.message_request_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_BY_FILENAME
      c.file_by_filename = arena.bytes(fileByFilename)
    case .fileContainingSymbol(let fileContainingSymbol):
      c.message_request_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_CONTAINING_SYMBOL
      c.file_containing_symbol = arena.bytes(fileContainingSymbol)
    case .fileContainingExtension(let fileContainingExtension):
      c.message_request_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_CONTAINING_EXTENSION
      c.file_containing_extension = arena.message(fileContainingExtension)
    case .allExtensionNumbersOfType(let allExtensionNumbersOfType):
      c.message_request_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_ALL_EXTENSION_NUMBERS_OF_TYPE
      c.all_extension_numbers_of_type = arena.bytes(allExtensionNumbersOfType)
    case .listServices(let listServices):
      c.message_request_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_LIST_SERVICES
      c.list_services = arena.bytes(listServices)
    }
  }
}

public struct ReflectionExtensionRequest: Hashable, Sendable {
  /// The full name of the extended message.
  @Bytewise public var containingType: String
  public var extensionNumber: Int32

  public init(
    containingType: String = "",
    extensionNumber: Int32 = 0
  ) {
    self.containingType = containingType
    self.extensionNumber = extensionNumber
  }
}

extension ReflectionExtensionRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__extension_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__ExtensionRequest>? {
    grpc__reflection__v1__extension_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__ExtensionRequest) throws(MessageError) {
    self.init(
      containingType: try CField.string(c.containing_type, "ExtensionRequest.containing_type"),
      extensionNumber: c.extension_number
    )
  }

  public func copy(to c: inout Grpc__Reflection__V1__ExtensionRequest, in arena: inout Arena) {
    grpc__reflection__v1__extension_request__init(&c)
    c.containing_type = arena.bytes(self.containingType)
    c.extension_number = self.extensionNumber
  }
}

public struct ServerReflectionResponse: Hashable, Sendable {
  /// The host of the request.
  @Bytewise public var validHost: String
  public var originalRequest: ServerReflectionRequest?
  public var messageResponse: MessageResponse?

  public init(
    validHost: String = "",
    originalRequest: ServerReflectionRequest? = nil,
    messageResponse: MessageResponse? = nil
  ) {
    self.validHost = validHost
    self.originalRequest = originalRequest
    self.messageResponse = messageResponse
  }

  public enum MessageResponse: Hashable, Sendable {
    case fileDescriptorResponse(ReflectionFileDescriptorResponse)
    case allExtensionNumbersResponse(ReflectionExtensionNumberResponse)
    case listServicesResponse(ReflectionListServiceResponse)
    case errorResponse(ReflectionErrorResponse)
  }
}

extension ServerReflectionResponse: CMessage {
  private static let messageResponseMembers = OneOf([4: "file_descriptor_response", 5: "all_extension_numbers_response", 6: "list_services_response", 7: "error_response"])

  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    try Self.messageResponseMembers.check(bytes)
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__server_reflection_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__ServerReflectionResponse>? {
    grpc__reflection__v1__server_reflection_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__ServerReflectionResponse) throws(MessageError) {
    self.init(
      validHost: try CField.string(c.valid_host, "ServerReflectionResponse.valid_host"),
      originalRequest: try CField.message(c.original_request)
    )
    switch c.message_response_case {
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_FILE_DESCRIPTOR_RESPONSE:
      self.messageResponse = try CField.message(c.file_descriptor_response).map(MessageResponse.fileDescriptorResponse)
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_ALL_EXTENSION_NUMBERS_RESPONSE:
      self.messageResponse = try CField.message(c.all_extension_numbers_response).map(MessageResponse.allExtensionNumbersResponse)
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_LIST_SERVICES_RESPONSE:
      self.messageResponse = try CField.message(c.list_services_response).map(MessageResponse.listServicesResponse)
    case GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_ERROR_RESPONSE:
      self.messageResponse = try CField.message(c.error_response).map(MessageResponse.errorResponse)
    default: break
    }
  }

  public func copy(to c: inout Grpc__Reflection__V1__ServerReflectionResponse, in arena: inout Arena) {
    grpc__reflection__v1__server_reflection_response__init(&c)
    c.valid_host = arena.bytes(self.validHost)
    c.original_request = arena.message(self.originalRequest)
    switch self.messageResponse {
    case nil: break
    case .fileDescriptorResponse(let fileDescriptorResponse):
      c.message_response_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_FILE_DESCRIPTOR_RESPONSE
      c.file_descriptor_response = arena.message(fileDescriptorResponse)
    case .allExtensionNumbersResponse(let allExtensionNumbersResponse):
      c.message_response_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_ALL_EXTENSION_NUMBERS_RESPONSE
      c.all_extension_numbers_response = arena.message(allExtensionNumbersResponse)
    case .listServicesResponse(let listServicesResponse):
      c.message_response_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_LIST_SERVICES_RESPONSE
      c.list_services_response = arena.message(listServicesResponse)
    case .errorResponse(let errorResponse):
      c.message_response_case = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_ERROR_RESPONSE
      c.error_response = arena.message(errorResponse)
    }
  }
}

public struct ReflectionFileDescriptorResponse: Hashable, Sendable {
  /// Encoded google.protobuf.FileDescriptorProto messages: the file that was asked for, and those it
  /// imports that the stream has not sent before.
  public var fileDescriptorProto: [ByteBuffer]

  public init(
    fileDescriptorProto: [ByteBuffer] = []
  ) {
    self.fileDescriptorProto = fileDescriptorProto
  }
}

extension ReflectionFileDescriptorResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__file_descriptor_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__FileDescriptorResponse>? {
    grpc__reflection__v1__file_descriptor_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__FileDescriptorResponse) throws(MessageError) {
    self.init(
      fileDescriptorProto: CField.buffers(c.n_file_descriptor_proto, c.file_descriptor_proto)
    )
  }

  public func copy(to c: inout Grpc__Reflection__V1__FileDescriptorResponse, in arena: inout Arena) {
    grpc__reflection__v1__file_descriptor_response__init(&c)
    (c.n_file_descriptor_proto, c.file_descriptor_proto) = arena.buffers(self.fileDescriptorProto)
  }
}

public struct ReflectionExtensionNumberResponse: Hashable, Sendable {
  /// The full name of the message.
  @Bytewise public var baseTypeName: String
  public var extensionNumber: [Int32]

  public init(
    baseTypeName: String = "",
    extensionNumber: [Int32] = []
  ) {
    self.baseTypeName = baseTypeName
    self.extensionNumber = extensionNumber
  }
}

extension ReflectionExtensionNumberResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__extension_number_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__ExtensionNumberResponse>? {
    grpc__reflection__v1__extension_number_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__ExtensionNumberResponse) throws(MessageError) {
    self.init(
      baseTypeName: try CField.string(c.base_type_name, "ExtensionNumberResponse.base_type_name"),
      extensionNumber: CField.numbers(c.n_extension_number, c.extension_number)
    )
  }

  public func copy(to c: inout Grpc__Reflection__V1__ExtensionNumberResponse, in arena: inout Arena) {
    grpc__reflection__v1__extension_number_response__init(&c)
    c.base_type_name = arena.bytes(self.baseTypeName)
    (c.n_extension_number, c.extension_number) = arena.numbers(self.extensionNumber)
  }
}

public struct ReflectionListServiceResponse: Hashable, Sendable {
  public var service: [ReflectionServiceResponse]

  public init(
    service: [ReflectionServiceResponse] = []
  ) {
    self.service = service
  }
}

extension ReflectionListServiceResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__list_service_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__ListServiceResponse>? {
    grpc__reflection__v1__list_service_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__ListServiceResponse) throws(MessageError) {
    self.init(
      service: try CField.messages(c.n_service, c.service)
    )
  }

  public func copy(to c: inout Grpc__Reflection__V1__ListServiceResponse, in arena: inout Arena) {
    grpc__reflection__v1__list_service_response__init(&c)
    (c.n_service, c.service) = arena.messages(self.service)
  }
}

public struct ReflectionServiceResponse: Hashable, Sendable {
  /// The name with its package.
  @Bytewise public var name: String

  public init(
    name: String = ""
  ) {
    self.name = name
  }
}

extension ReflectionServiceResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__service_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__ServiceResponse>? {
    grpc__reflection__v1__service_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__ServiceResponse) throws(MessageError) {
    self.init(
      name: try CField.string(c.name, "ServiceResponse.name")
    )
  }

  public func copy(to c: inout Grpc__Reflection__V1__ServiceResponse, in arena: inout Arena) {
    grpc__reflection__v1__service_response__init(&c)
    c.name = arena.bytes(self.name)
  }
}

public struct ReflectionErrorResponse: Hashable, Sendable {
  /// A code of gRPC.
  public var errorCode: Int32
  @Bytewise public var errorMessage: String

  public init(
    errorCode: Int32 = 0,
    errorMessage: String = ""
  ) {
    self.errorCode = errorCode
    self.errorMessage = errorMessage
  }
}

extension ReflectionErrorResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    grpc__reflection__v1__error_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Grpc__Reflection__V1__ErrorResponse>? {
    grpc__reflection__v1__error_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Grpc__Reflection__V1__ErrorResponse) throws(MessageError) {
    self.init(
      errorCode: c.error_code,
      errorMessage: try CField.string(c.error_message, "ErrorResponse.error_message")
    )
  }

  public func copy(to c: inout Grpc__Reflection__V1__ErrorResponse, in arena: inout Arena) {
    grpc__reflection__v1__error_response__init(&c)
    c.error_code = self.errorCode
    c.error_message = arena.bytes(self.errorMessage)
  }
}
