internal import JSON

/// A message that can be read from JSON and written as JSON, by protobuf's mapping
/// (https://protobuf.dev/programming-guides/json/). Conformances are generated (`make proto`).
///
/// Fields are written with their names in the proto, and read with these or in lowerCamelCase. The
/// output differs from the mapping in one point: 64-bit integers below 2^53, which a double
/// represents exactly, are numbers, and only larger ones are strings. Both are read.
package protocol JSONMessage: JSONFieldValue, Sendable {
  /// The fields in the order of the proto.
  static var fields: [MessageField] { get }

  /// Writes the members of the object.
  func writeFields(to json: inout MessageWriter)
}

extension JSONMessage {
  /// Reads a message: one object, with only white space around it.
  ///
  /// - Throws: a sentence that names the wrong field, such as "messages.messages[2].role is 5, but
  ///   must be a string". It never contains the value of a secret field.
  package init(json: [UInt8]) throws(MessageError) {
    var reader = MessageReader(json)
    try self.init(reading: &reader)
    try reader.end()
  }

  /// The message as one line of JSON, without a line end.
  package func json(_ style: JSONStyle = JSONStyle()) -> String {
    var writer = MessageWriter(style)
    self.writeFields(to: &writer)
    return writer.finished()
  }

  package func write(to json: inout MessageWriter) {
    json.object { self.writeFields(to: &$0) }
  }

  /// A message that is set is never the default.
  package var isDefault: Bool { false }
}

/// How a message is written as JSON.
package struct JSONStyle: Sendable {
  /// Whether fields with their default value are written, too; fields with presence (messages,
  /// members of oneofs and `optional` fields) are written only when they are set.
  package var printsDefaults: Bool
  package var enumNames: EnumNames

  /// How the values of enums are written.
  package enum EnumNames: Sendable {
    /// As in the proto, such as "FINISH_REASON_LENGTH"; reading accepts this form.
    case proto
    /// For people: without the prefix and in lower case, such as "length".
    case short
  }

  package init(printsDefaults: Bool = false, enumNames: EnumNames = .proto) {
    self.printsDefaults = printsDefaults
    self.enumNames = enumNames
  }
}
