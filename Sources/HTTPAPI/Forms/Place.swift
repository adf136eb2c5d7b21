internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore

/// A value in a request's JSON, and where it is.
struct Place {
  let value: JSONValue
  private let steps: PlacePath

  /// Requests are nested like this at most; JSON schemas are the deepest part.
  private static let limits = JSONLimits(depth: 128, members: 10_000)

  init(_ value: JSONValue, at path: PlacePath) {
    self.value = value
    self.steps = path
  }

  /// Reads a request's content.
  ///
  /// - Throws: for what is not one JSON text.
  init(_ body: ByteBuffer) throws(HTTPFailure) {
    guard body.readableBytes > 0 else { throw .invalid("The request has no content: send JSON") }
    let bytes = body.readableBytesView
    // The reader of strings refuses what is not UTF-8, and the rest of JSON is ASCII.
    do {
      self.value = try JSONValue(bytes: Array(bytes), limits: Self.limits)
    } catch {
      throw .invalid("The request is not JSON: \(error)")
    }
    self.steps = .whole
  }

  /// Such as "messages[0].role"; empty for the whole content.
  var path: String { self.steps.text }

  /// The value's place in a sentence.
  private var subject: String { self.path.isEmpty ? "The request" : self.path }

  /// The error that the value is something else than it must be.
  ///
  /// - Parameter expected: such as "a string".
  func mismatch(_ expected: String) -> HTTPFailure {
    self.wrong("must be \(expected), and is \(self.kind)")
  }

  /// An error about the value.
  ///
  /// - Parameter problem: goes on from the value's place, such as "is larger than 2".
  func wrong(_ problem: String) -> HTTPFailure {
    .invalid("\(self.subject) \(problem)", parameter: self.path.isEmpty ? nil : self.path)
  }

  private var kind: String {
    switch self.value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let text): text.utf8.count <= 24 ? text : "a long number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  var isNull: Bool { self.value == .null }

  // MARK: Types

  func string() throws(HTTPFailure) -> String {
    guard case .string(let text) = self.value else { throw self.mismatch("a string") }
    return text.text
  }

  func bool() throws(HTTPFailure) -> Bool {
    guard case .bool(let value) = self.value else { throw self.mismatch("true or false") }
    return value
  }

  /// A number; 64-bit floating point.
  func number() throws(HTTPFailure) -> Double {
    guard case .number(let text) = self.value, let number = Double(text), number.isFinite else {
      throw self.mismatch("a number")
    }
    return number
  }

  func float() throws(HTTPFailure) -> Float {
    let number = try self.number()
    guard number.magnitude <= Double(Float.greatestFiniteMagnitude) else {
      throw self.wrong("is out of range")
    }
    return Float(number)
  }

  /// A number without a fraction, in the range of the type.
  func integer<Integer: FixedWidthInteger>(
    _ type: Integer.Type = Int32.self
  ) throws(HTTPFailure) -> Integer {
    guard case .number(let text) = self.value else { throw self.mismatch("an integer") }
    if let integer = Integer(text) { return integer }
    // As "1e2" and "2.0", which some clients write.
    guard let number = Double(text), let integer = Integer(exactly: number) else {
      throw self.mismatch("an integer from \(Integer.min) to \(Integer.max)")
    }
    return integer
  }

  func array() throws(HTTPFailure) -> Elements {
    guard case .array(let elements) = self.value else { throw self.mismatch("an array") }
    return Elements(elements, of: PlacePath.Container(self.steps))
  }

  func strings() throws(HTTPFailure) -> [String] {
    var strings: [String] = []
    for place in try self.array() { strings.append(try place.string()) }
    return strings
  }

  /// The members of an object that are not null.
  func members() throws(HTTPFailure) -> [(name: Identifier, place: Place)] {
    guard case .object(let members) = self.value else { throw self.mismatch("an object") }
    let object = PlacePath.Container(self.steps)
    return members.filter { $0.value != .null }.map {
      ($0.name, Place($0.value, at: .member($0.name, of: object)))
    }
  }

  /// A member of an object; nil when it is absent or null.
  func member(_ name: Identifier) throws(HTTPFailure) -> Place? {
    guard case .object(let members) = self.value else { throw self.mismatch("an object") }
    return members.first { $0.name == name && $0.value != .null }.map {
      Place($0.value, at: .member(name, of: PlacePath.Container(self.steps)))
    }
  }

  /// The value as JSON, such as that of a schema.
  var json: String {
    // A writer writes one object: of that, the value of its only member.
    var writer = JSONWriter(escapes: .short)
    writer.begin("")
    let start = writer.bytes.count
    writer.value(self.value)
    return String(decoding: writer.bytes[start...], as: UTF8.self)
  }
}
