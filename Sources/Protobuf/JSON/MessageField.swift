package import Identifiers
internal import JSON

/// A field of a message: its number, its names and its type.
package struct MessageField: Sendable {
  /// The field's number on the wire.
  package let number: Int
  /// The field's name in the proto.
  package let name: String
  /// Whether the field is a secret, such as an access token, which must not be shown or stored.
  package let isSecret: Bool
  /// The type of a message field, or of the messages in a map.
  package let message: (any JSONMessage.Type)?
  /// Whether the messages of the field are in a map, by strings.
  package let isMap: Bool
  /// The type of an enum field.
  package let enumeration: (any JSONEnum.Type)?
  /// The names accepted when reading: the proto's, and its form in lowerCamelCase.
  let names: [JSONName]
  /// The oneof that the field belongs to, if it has more than one member.
  let oneOf: Identifier?

  /// - Parameter json: the name in lowerCamelCase, if it is different.
  package init(
    _ number: Int,
    _ name: StaticString,
    json: StaticString? = nil,
    oneOf: Identifier? = nil,
    isSecret: Bool = false,
    message: (any JSONMessage.Type)? = nil,
    isMap: Bool = false,
    enumeration: (any JSONEnum.Type)? = nil
  ) {
    self.number = number
    self.name = "\(name)"
    self.names = ([name] + (json.map { [$0] } ?? [])).map { JSONName(stringLiteral: $0) }
    self.oneOf = oneOf
    self.isSecret = isSecret
    self.message = message
    self.isMap = isMap
    self.enumeration = enumeration
  }
}
