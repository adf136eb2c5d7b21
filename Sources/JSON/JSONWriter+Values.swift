internal import Identifiers

extension JSONWriter {
  /// Writes a value as it was read.
  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: self.literal("null")
    case .bool(let value): self.literal("\(value)")
    case .number(let text): self.literal(text)
    case .string(let text): self.string(text.text)
    case .array(let elements):
      self.beginArray()
      for element in elements {
        self.beginElement()
        self.value(element)
      }
      self.endArray()
    case .object(let members):
      self.beginObject()
      for member in members {
        self.begin(member.name.text)
        self.value(member.value)
      }
      self.end()
    }
  }
}
