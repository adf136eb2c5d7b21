// Generated from Protos/grpc/reflection/v1/reflection.proto by `make proto`: do not edit.
// swift-format-ignore-file

internal import Identifiers
package import Protobuf

extension ServerReflectionRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "host"),
    MessageField(3, "file_by_filename", json: "fileByFilename", oneOf: "message_request"),
    MessageField(4, "file_containing_symbol", json: "fileContainingSymbol", oneOf: "message_request"),
    MessageField(5, "file_containing_extension", json: "fileContainingExtension", oneOf: "message_request", message: ReflectionExtensionRequest.self),
    MessageField(6, "all_extension_numbers_of_type", json: "allExtensionNumbersOfType", oneOf: "message_request"),
    MessageField(7, "list_services", json: "listServices", oneOf: "message_request"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.host)
      case 3: self.messageRequest = .fileByFilename(try json.value())
      case 4: self.messageRequest = .fileContainingSymbol(try json.value())
      case 5: self.messageRequest = .fileContainingExtension(try json.value())
      case 6: self.messageRequest = .allExtensionNumbersOfType(try json.value())
      case 7: self.messageRequest = .listServices(try json.value())
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("host", self.host)
    switch self.messageRequest {
    case nil: break
    case .fileByFilename(let value): json.present("file_by_filename", value)
    case .fileContainingSymbol(let value): json.present("file_containing_symbol", value)
    case .fileContainingExtension(let value): json.present("file_containing_extension", value)
    case .allExtensionNumbersOfType(let value): json.present("all_extension_numbers_of_type", value)
    case .listServices(let value): json.present("list_services", value)
    }
  }
}

extension ReflectionExtensionRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "containing_type", json: "containingType"),
    MessageField(2, "extension_number", json: "extensionNumber"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.containingType)
      case 2: try json.read(&self.extensionNumber)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("containing_type", self.containingType)
    json.field("extension_number", self.extensionNumber)
  }
}

extension ServerReflectionResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "valid_host", json: "validHost"),
    MessageField(2, "original_request", json: "originalRequest", message: ServerReflectionRequest.self),
    MessageField(4, "file_descriptor_response", json: "fileDescriptorResponse", oneOf: "message_response", message: ReflectionFileDescriptorResponse.self),
    MessageField(5, "all_extension_numbers_response", json: "allExtensionNumbersResponse", oneOf: "message_response", message: ReflectionExtensionNumberResponse.self),
    MessageField(6, "list_services_response", json: "listServicesResponse", oneOf: "message_response", message: ReflectionListServiceResponse.self),
    MessageField(7, "error_response", json: "errorResponse", oneOf: "message_response", message: ReflectionErrorResponse.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.validHost)
      case 2: try json.read(&self.originalRequest)
      case 4: self.messageResponse = .fileDescriptorResponse(try json.value())
      case 5: self.messageResponse = .allExtensionNumbersResponse(try json.value())
      case 6: self.messageResponse = .listServicesResponse(try json.value())
      case 7: self.messageResponse = .errorResponse(try json.value())
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("valid_host", self.validHost)
    json.present("original_request", self.originalRequest)
    switch self.messageResponse {
    case nil: break
    case .fileDescriptorResponse(let value): json.present("file_descriptor_response", value)
    case .allExtensionNumbersResponse(let value): json.present("all_extension_numbers_response", value)
    case .listServicesResponse(let value): json.present("list_services_response", value)
    case .errorResponse(let value): json.present("error_response", value)
    }
  }
}

extension ReflectionFileDescriptorResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "file_descriptor_proto", json: "fileDescriptorProto"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.fileDescriptorProto)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("file_descriptor_proto", self.fileDescriptorProto)
  }
}

extension ReflectionExtensionNumberResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "base_type_name", json: "baseTypeName"),
    MessageField(2, "extension_number", json: "extensionNumber"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.baseTypeName)
      case 2: try json.read(&self.extensionNumber)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("base_type_name", self.baseTypeName)
    json.field("extension_number", self.extensionNumber)
  }
}

extension ReflectionListServiceResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "service", message: ReflectionServiceResponse.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.service)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("service", self.service)
  }
}

extension ReflectionServiceResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "name"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.name)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("name", self.name)
  }
}

extension ReflectionErrorResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "error_code", json: "errorCode"),
    MessageField(2, "error_message", json: "errorMessage"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.errorCode)
      case 2: try json.read(&self.errorMessage)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("error_code", self.errorCode)
    json.field("error_message", self.errorMessage)
  }
}
