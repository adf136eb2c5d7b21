internal import Identifiers
internal import JSON
internal import NIOCore

/// A JSON object of an event. What is missing, or of another type, is as what is empty.
struct EventObject {
  private let members: [JSONValue.Member]

  init(_ value: JSONValue?) {
    if case .object(let members) = value { self.members = members } else { self.members = [] }
  }

  private func value(_ name: Identifier) -> JSONValue? {
    self.members.first { $0.name == name }?.value
  }

  func has(_ name: Identifier) -> Bool {
    switch self.value(name) {
    case nil, .null: false
    default: true
    }
  }

  func object(_ name: Identifier) -> EventObject { EventObject(self.value(name)) }

  func identifier(_ name: Identifier) -> Identifier? {
    if case .string(let text) = self.value(name) { text } else { nil }
  }

  func text(_ name: Identifier) -> String? { self.identifier(name)?.text }

  /// The texts of an array.
  func texts(_ name: Identifier) -> [String] { Self.texts(of: self.value(name)) }

  /// All members, each with its text or its texts.
  var lists: [(name: String, values: [String])] {
    self.members.map { ($0.name.text, Self.texts(of: $0.value)) }
  }

  /// The header fields of format 1.0, with all their values where the event has them.
  var headers: [(name: String, values: [String])] { self.lists("multiValueHeaders", or: "headers") }

  /// The query of format 1.0.
  ///
  /// - Parameter encode: makes a name or a value fit for a query.
  func query(_ encode: (String) -> String) -> String {
    self.lists("multiValueQueryStringParameters", or: "queryStringParameters")
      .flatMap { name, values in values.map { "\(encode(name))=\(encode($0))" } }
      .joined(separator: "&")
  }

  private func lists(
    _ name: Identifier,
    or other: Identifier
  ) -> [(name: String, values: [String])] {
    let lists = self.object(name).lists
    return lists.isEmpty ? self.object(other).lists : lists
  }

  /// The content that the event carries.
  func body() throws(EventError) -> ByteBuffer {
    guard let text = self.text("body") else { return ByteBuffer() }
    guard self.value("isBase64Encoded") == .bool(true) else { return ByteBuffer(string: text) }
    guard let bytes = Base64.decode(text) else {
      throw EventError("The event's body is not base64, although isBase64Encoded is true")
    }
    return ByteBuffer(bytes: bytes)
  }

  private static func texts(of value: JSONValue?) -> [String] {
    switch value {
    case .string(let text): [text.text]
    case .array(let values): values.flatMap { Self.texts(of: $0) }
    default: []
    }
  }
}
