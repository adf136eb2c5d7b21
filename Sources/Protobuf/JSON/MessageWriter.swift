internal import Identifiers
internal import JSON

/// Writes a message as a JSON object.
package struct MessageWriter {
  private var json: JSONWriter
  private let style: JSONStyle

  init(_ style: JSONStyle) {
    self.style = style
    // The short form, as other programs write it: texts have many line ends.
    self.json = JSONWriter(escapes: .short)
  }

  consuming func finished() -> String {
    self.json.end()
    return String(decoding: self.json.bytes, as: UTF8.self)
  }

  /// Writes a field without presence: its default can be left out.
  package mutating func field(_ name: String, _ value: some JSONFieldValue) {
    if self.style.printsDefaults || !value.isDefault { self.present(name, value) }
  }

  /// Writes a field with presence, if it is set.
  package mutating func present(_ name: String, _ value: (some JSONFieldValue)?) {
    guard let value else { return }
    self.json.begin(name)
    value.write(to: &self)
  }
}

/// Values.
extension MessageWriter {
  mutating func object(_ writeMembers: (inout Self) -> Void) {
    self.json.beginObject()
    writeMembers(&self)
    self.json.end()
  }

  mutating func write(_ values: [some JSONFieldValue]) {
    self.json.beginArray()
    for value in values {
      self.json.beginElement()
      value.write(to: &self)
    }
    self.json.endArray()
  }

  mutating func write(_ texts: TextMap) {
    self.json.beginObject()
    for (name, text) in texts { self.json.member(name, text) }
    self.json.end()
  }

  /// In the order of the names' bytes, as `TextMap` has them.
  mutating func write(_ messages: [Identifier: some JSONMessage]) {
    self.json.beginObject()
    for (name, message) in messages.sorted(by: { $0.key < $1.key }) {
      self.json.begin(name.text)
      message.write(to: &self)
    }
    self.json.end()
  }

  mutating func write(_ text: String) {
    self.json.string(text)
  }

  mutating func write(base64 bytes: [UInt8]) {
    self.json.base64(bytes.span)
  }

  mutating func write(_ value: Bool) {
    self.json.literal("\(value)")
  }

  mutating func write(_ number: some FixedWidthInteger) {
    // Programs that read all numbers as doubles read these exactly.
    let isExact = number.magnitude < 1 << 53
    self.json.literal(isExact ? "\(number)" : "\"\(number)\"")
  }

  /// Swift's description is the shortest text that is read back as the same number.
  mutating func write(_ number: some BinaryFloatingPoint & LosslessStringConvertible) {
    if number.isFinite {
      self.json.literal(number.description)
    } else {
      self.json.string(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
    }
  }

  mutating func write(_ value: some JSONEnum) {
    switch self.style.enumNames {
    case .proto:
      if let name = value.protoName { return self.json.string(name.text) }
    case .short:
      if let name = value.shortName { return self.json.string(name.lowercasedASCII.text) }
    }
    self.json.literal("\(value.rawValue)")
  }
}
