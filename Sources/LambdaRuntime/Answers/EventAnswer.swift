internal import Identifiers
internal import JSON
internal import NIOCore
internal import NIOHTTP1

/// The head of an answer, and how it is written for an event.
struct EventAnswer {
  let format: EventFormat
  let status: HTTPResponseStatus
  /// Without those that are about the connection.
  let headers: [(name: String, value: String)]

  /// What follows the JSON of a streamed answer's head.
  private static let preludeEnd = [UInt8](repeating: 0, count: 8)

  init(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ format: EventFormat) {
    self.format = format
    self.status = status
    self.headers = headers.filter { !ConnectionFields.contain($0.name) }
  }

  /// The whole answer, JSON. A content that is no text is in base64.
  func whole(_ body: ByteBuffer) -> ByteBuffer {
    var json = JSONWriter(capacity: body.readableBytes + 512, escapes: .short)
    self.writeHead(to: &json)
    if let text = String(validating: body.readableBytesView, as: UTF8.self) {
      json.member("body", text)
      json.member("isBase64Encoded", false)
    } else {
      json.begin("body")
      json.base64(Array(body.readableBytesView).span)
      json.member("isBase64Encoded", true)
    }
    json.end()
    return ByteBuffer(bytes: json.bytes)
  }

  /// What a streamed answer begins with: its head as JSON, and 8 bytes of zero.
  var prelude: ByteBuffer {
    var json = JSONWriter(escapes: .short)
    self.writeHead(to: &json)
    json.end()
    return ByteBuffer(bytes: json.bytes + Self.preludeEnd)
  }

  private func writeHead(to json: inout JSONWriter) {
    json.member("statusCode", self.status.code)
    switch self.format {
    case .restAPI: self.writeLists(to: &json)
    case .loadBalancer(let hasLists):
      json.member("statusDescription", "\(self.status.code) \(self.status.reasonPhrase)")
      if hasLists { self.writeLists(to: &json) } else { self.writeFields(self.fields, to: &json) }
    case .functionURL:
      self.writeFields(self.fields.filter { $0.name != Self.cookie }, to: &json)
      if let cookies = self.fields.first(where: { $0.name == Self.cookie }) {
        json.member("cookies", cookies.values)
      }
    }
  }

  private func writeLists(to json: inout JSONWriter) {
    json.begin("multiValueHeaders")
    json.beginObject()
    for (name, values) in self.fields { json.member(name.text, values) }
    json.end()
  }

  private func writeFields(
    _ fields: [(name: Identifier, values: [String])],
    to json: inout JSONWriter
  ) {
    json.begin("headers")
    json.beginObject()
    for (name, values) in fields { json.member(name.text, values.joined(separator: ", ")) }
    json.end()
  }

  private static let cookie: Identifier = "set-cookie"

  /// The fields, each name once.
  private var fields: [(name: Identifier, values: [String])] {
    var names: [Identifier] = []
    var values: [Identifier: [String]] = [:]
    for field in self.headers {
      let name = Identifier(field.name).lowercasedASCII
      if values[name] == nil { names.append(name) }
      values[name, default: []].append(field.value)
    }
    return names.map { ($0, values[$0] ?? []) }
  }
}
