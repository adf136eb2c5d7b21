internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore
internal import NIOHTTP1

/// The description of operations by OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html).
struct OpenAPIDocument {
  /// The operations of each path, with the name of their group, in the order of their declarations.
  private var paths: [(path: String, operations: [(tag: String, operation: Operation)])] = []

  init(_ groups: [OperationGroup]) {
    for group in groups {
      for operation in group.operations { self.add(operation, tag: group.name) }
    }
  }

  private mutating func add(_ operation: Operation, tag: String) {
    let path = Identifier(operation.route.path)
    if let index = self.paths.firstIndex(where: { Identifier($0.path) == path }) {
      self.paths[index].operations.append((tag, operation))
    } else {
      self.paths.append((path.text, [(tag, operation)]))
    }
  }

  var json: ByteBuffer {
    ByteBuffer { json in
      json.member("openapi", "3.1.0")
      json.object("info") { json in
        json.member("title", "Tokenwire")
        json.member("version", "1")
        json.member("description", "A server for language models; docs/http.md describes it.")
      }
      json.object("paths") { json in
        for (path, operations) in self.paths {
          json.object(path) { json in
            for (tag, operation) in operations {
              json.object(Identifier(operation.route.method.rawValue).lowercasedASCII.text) {
                Self.write(operation, tag: tag, to: &$0)
              }
            }
          }
        }
      }
      json.object("components") { Self.writeComponents(to: &$0) }
      // Also without: the server says which calls need an access token.
      json.array("security", ["", "bearer", "key"]) { name, json in
        if !name.isEmpty { json.member(name, [String]()) }
      }
    }
  }

  private static func writeComponents(to json: inout JSONWriter) {
    json.object("securitySchemes") { json in
      json.object("bearer") { json in
        json.member("type", "http")
        json.member("scheme", "bearer")
        json.member("bearerFormat", "JWT")
      }
      json.object("key") { json in
        json.member("type", "apiKey")
        json.member("in", "header")
        json.member("name", "x-api-key")
      }
    }
    json.object("responses") { json in
      json.object("Error") { json in
        json.member("description", "What is wrong, as the operation's API has it.")
        Self.writeContent(to: &json) { json in
          json.object("application/json") { $0.object("schema") { $0.member("type", "object") } }
        }
      }
    }
  }

  // MARK: An operation

  private static func write(_ operation: Operation, tag: String, to json: inout JSONWriter) {
    json.member("operationId", Self.id(of: operation.route))
    json.member("summary", operation.summary)
    json.member("tags", [tag])
    Self.writeParameters(of: operation, to: &json)
    if !operation.fields.isEmpty { Self.writeRequest(operation.fields, to: &json) }
    json.object("responses") { json in
      json.object("200") { json in
        json.member("description", "The answer.")
        Self.writeContent(to: &json) { Self.write(operation.response, to: &$0) }
      }
      json.object("default") { $0.member("$ref", "#/components/responses/Error") }
    }
  }

  private static func id(of route: Route) -> String {
    let bytes = "\(route.method.rawValue)\(route.path)".utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
        UInt8(ascii: "0") ... UInt8(ascii: "9"):
        byte
      default: UInt8(ascii: "_")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func writeParameters(of operation: Operation, to json: inout JSONWriter) {
    let names = operation.route.path.split(separator: "{").dropFirst()
      .map { String($0.prefix { $0 != "}" }) }
    let inPath = names.map { FieldDescription(name: $0, schema: .string, isRequired: true) }
    let all = inPath.map { ("path", $0) } + operation.query.map { ("query", $0) }
    if all.isEmpty { return }
    json.array("parameters", all) { parameter, json in
      let (place, field) = parameter
      json.member("name", field.name)
      json.member("in", place)
      if !field.summary.isEmpty { json.member("description", field.summary) }
      json.member("required", field.isRequired)
      json.object("schema") { field.schema.write(to: &$0) }
    }
  }

  private static func writeRequest(_ fields: [FieldDescription], to json: inout JSONWriter) {
    json.object("requestBody") { json in
      Self.writeContent(to: &json) { json in
        json.object("application/json") { json in
          json.object("schema") { json in
            json.member("type", "object")
            json.object("properties") { json in
              for field in fields where field.use != .refused { Self.write(field, to: &json) }
            }
            let required = fields.filter(\.isRequired).map(\.name)
            if !required.isEmpty { json.member("required", required) }
          }
        }
      }
    }
  }

  private static func write(_ field: FieldDescription, to json: inout JSONWriter) {
    json.object(field.name) { json in
      field.schema.write(to: &json)
      let summary = field.use == .ignored ? "Ignored: \(field.summary)" : field.summary
      if !summary.isEmpty { json.member("description", summary) }
    }
  }

  private static func write(_ response: ResponseDescription, to json: inout JSONWriter) {
    if !response.onlyStreams {
      json.object("application/json") { json in
        json.object("schema") { response.schema.write(to: &$0) }
      }
    }
    for stream in response.streams {
      json.object(stream) { json in
        json.object("schema") { $0.member("type", "string") }
        // Of each line, or of each event's data.
        if response.onlyStreams {
          json.object("x-item-schema") { response.schema.write(to: &$0) }
        }
      }
    }
  }

  private static func writeContent(
    to json: inout JSONWriter,
    _ write: (inout JSONWriter) -> Void
  ) {
    json.object("content", write)
  }
}
