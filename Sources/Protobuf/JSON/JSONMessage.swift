internal import JSON

/// A message that is read from JSON and written as JSON, by protobuf's mapping
/// (https://protobuf.dev/programming-guides/json/). Conformances are generated (`make proto`).
///
/// Fields are written by their names in the proto, and read by these or in lowerCamelCase. In one thing
/// what is written differs from the mapping: integers of 64 bits are numbers where a double holds them
/// exactly (below 2^53), and strings only beyond. Both are read.
package protocol JSONMessage: JSONFieldValue, Sendable {
  /// In the order of the proto.
  static var fields: [MessageField] { get }

  /// Writes the members of the object.
  func writeFields(to json: inout MessageWriter)
}

extension JSONMessage {
  /// Reads a message: one object, and nothing but white space around it.
  ///
  /// - Throws: a sentence that names the field that is wrong, such as "messages.messages[2].role is 5,
  ///   but must be a string". What is in a field for a secret is never in it.
  package init(json: [UInt8]) throws(MessageError) {
    var reader = MessageReader(json)
    try self.init(reading: &reader)
    try reader.end()
  }

  /// The message as one line of JSON, without its end.
  package func json(_ style: JSONStyle = JSONStyle()) -> String {
    var writer = MessageWriter(style)
    self.writeFields(to: &writer)
    return writer.finished()
  }

  package func write(to json: inout MessageWriter) {
    json.object { self.writeFields(to: &$0) }
  }

  /// A message that is there is no default.
  package var isDefault: Bool { false }
}

/// How a message is written, where there is a choice.
package struct JSONStyle: Sendable {
  /// Whether fields that have their default are written, too: all but those whose absence means
  /// something (messages, members of oneofs and `optional` fields).
  package var printsDefaults: Bool
  package var enumNames: EnumNames

  /// How the values of enums are written.
  package enum EnumNames: Sendable {
    /// As in the proto, such as "FINISH_REASON_LENGTH": what is read, too.
    case proto
    /// For people: without their prefix and in lower case, such as "length".
    case short
  }

  package init(printsDefaults: Bool = false, enumNames: EnumNames = .proto) {
    self.printsDefaults = printsDefaults
    self.enumNames = enumNames
  }
}
