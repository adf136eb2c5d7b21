internal import JSON

extension Schema {
  /// Writes the members of the schema (JSON Schema 2020-12, as OpenAPI 3.1 has it).
  func write(to json: inout JSONWriter) {
    switch self {
    case .anything: break
    case .string: json.member("type", "string")
    case .boolean: json.member("type", "boolean")
    case .choice(let texts):
      json.member("type", "string")
      json.member("enum", texts)
    case .number(let range):
      json.member("type", "number")
      // The largest numbers are no bounds.
      if let low = range?.lowerBound, low > -.greatestFiniteMagnitude { json.bound("minimum", low) }
      if let high = range?.upperBound, high < .greatestFiniteMagnitude {
        json.bound("maximum", high)
      }
    case .integer(let range):
      json.member("type", "integer")
      if let low = range?.lowerBound, low > .min { json.member("minimum", low) }
      if let high = range?.upperBound, high < .max { json.member("maximum", high) }
    case .array(let element):
      json.member("type", "array")
      json.object("items") { element.write(to: &$0) }
    case .object(let members, let required):
      json.member("type", "object")
      json.object("properties") { json in
        for (name, schema) in members { json.object(name) { schema.write(to: &$0) } }
      }
      if !required.isEmpty { json.member("required", required) }
    case .map(let element):
      json.member("type", "object")
      json.object("additionalProperties") { element.write(to: &$0) }
    case .oneOf(let schemas):
      json.array("oneOf", schemas) { schema, json in schema.write(to: &json) }
    }
  }
}

extension JSONWriter {
  /// Writes a member that is an object.
  mutating func object(_ name: String, _ writeMembers: (inout JSONWriter) -> Void) {
    self.begin(name)
    self.beginObject()
    writeMembers(&self)
    self.end()
  }

  /// Writes a member that is an array of objects.
  mutating func array<Element>(
    _ name: String,
    _ elements: [Element],
    _ writeMembers: (Element, inout JSONWriter) -> Void
  ) {
    self.begin(name)
    self.beginArray()
    for element in elements {
      self.beginElement()
      self.beginObject()
      writeMembers(element, &self)
      self.end()
    }
    self.endArray()
  }

  fileprivate mutating func bound(_ name: String, _ number: Double) {
    self.begin(name)
    self.literal(Int(exactly: number).map { "\($0)" } ?? "\(number)")
  }
}
