internal import HTTPTransport
internal import Identifiers

/// A member of a request's JSON object. Requests are read by these, and the OpenAPI document and
/// docs/http.md are written from them.
struct Field<Request>: Sendable {
  /// Its name.
  let name: Identifier
  /// What its value is.
  let schema: Schema
  /// What the server does with it.
  let use: FieldUse
  /// A sentence or two for its readers.
  let summary: String
  /// Takes the value, which is not null.
  let read: @Sendable (inout Request, Place) throws(HTTPFailure) -> Void

  /// A field that is served.
  ///
  /// - Parameter read: takes the value, which is not null.
  init(
    _ name: Identifier,
    _ schema: Schema,
    _ summary: String,
    read: @escaping @Sendable (inout Request, Place) throws(HTTPFailure) -> Void
  ) {
    self.name = name
    self.schema = schema
    self.use = .served
    self.summary = summary
    self.read = read
  }

  private init(
    _ name: Identifier,
    _ use: FieldUse,
    _ summary: String,
    read: @escaping @Sendable (inout Request, Place) throws(HTTPFailure) -> Void
  ) {
    self.name = name
    self.schema = .anything
    self.use = use
    self.summary = summary
    self.read = read
  }

  /// A field with a whole number in a range.
  static func integer(
    _ name: Identifier,
    _ range: ClosedRange<Int>,
    _ summary: String,
    set: @escaping @Sendable (inout Request, Int32) -> Void
  ) -> Field {
    Field(name, .integer(range), summary) { request, place throws(HTTPFailure) in
      set(&request, try place.integer(in: range))
    }
  }

  /// A field that cannot change the text: whatever its value, it is ignored.
  static func ignored(_ name: Identifier, _ summary: String) -> Field {
    Field(name, .ignored, summary) { _, _ in }
  }

  /// A field that asks for what the server does not do.
  ///
  /// - Parameters:
  ///   - harmless: whether a value asks for nothing, such as false or the default; it passes.
  ///   - summary: why it is refused, such as "audio is not generated".
  static func refused(
    _ name: Identifier,
    unless harmless: @escaping @Sendable (Place) -> Bool = { _ in false },
    _ summary: String
  ) -> Field {
    Field(name, .refused, summary) { _, place throws(HTTPFailure) in
      if !harmless(place) { throw place.wrong("is not supported: \(summary)") }
    }
  }
}

/// What the server does with a field.
enum FieldUse: String, Sendable {
  case served
  case ignored
  case refused
}

/// The members of an object in a request.
struct ObjectForm<Request>: Sendable where Request: Sendable {
  /// Its members.
  let fields: [Field<Request>]
  /// The names of those that must be there.
  let required: [Identifier]

  init(_ fields: [Field<Request>], required: [Identifier] = []) {
    self.fields = fields
    self.required = required
  }

  /// Reads an object into `request`. Members without a field are ignored: clients send what they
  /// invent, and it cannot change the text.
  func read(_ place: Place, into request: inout Request) throws(HTTPFailure) {
    let members = try place.members()
    for name in self.required where !members.contains(where: { $0.name == name }) {
      let path = place.path.isEmpty ? name.text : "\(place.path).\(name)"
      throw .invalid("\(path) is required", parameter: path)
    }
    for (name, place) in members {
      guard let field = self.fields.first(where: { $0.name == name }) else { continue }
      try field.read(&request, place)
    }
  }
}

/// A JSON schema, as far as the OpenAPI document needs it.
indirect enum Schema: Sendable {
  case anything
  case string
  case choice([String])
  case boolean
  /// Bounds are inclusive.
  case number(ClosedRange<Double>? = nil)
  case integer(ClosedRange<Int>? = nil)
  case array(Schema)
  /// Members by name, and which of them are required.
  case object([(name: String, schema: Schema)], required: [String] = [])
  /// An object with any members of one type.
  case map(Schema)
  case oneOf([Schema])
}
