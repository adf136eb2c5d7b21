// Generated from Protos/grpc/health/v1/health.proto by `make proto`: do not edit.
// swift-format-ignore-file

package import Identifiers
package import Protobuf

extension HealthCheckRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "service"),
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

extension HealthCheckResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "status", enumeration: HealthCheckResponse.ServingStatus.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.status)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("status", self.status)
  }
}

extension HealthCheckResponse.ServingStatus: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "UNKNOWN"),
    (1, "SERVING"),
    (2, "NOT_SERVING"),
    (3, "SERVICE_UNKNOWN"),
  ]
  package static let prefix = ""
}

extension HealthListRequest: JSONMessage {
  package static let fields: [MessageField] = []

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while try json.nextField(Self.fields) != nil {}
  }

  package func writeFields(to json: inout MessageWriter) {
  }
}

extension HealthListResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "statuses", message: HealthCheckResponse.self, isMap: true),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.statuses)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("statuses", self.statuses)
  }
}
