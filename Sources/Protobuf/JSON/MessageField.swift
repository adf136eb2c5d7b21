package import Identifiers
internal import JSON

/// What is known of a field of a message beside its type in Swift.
package struct MessageField: Sendable {
  /// On the wire.
  package let number: Int
  /// In the proto.
  package let name: String
  /// Whether it holds what must not be shown or stored, such as an access token.
  package let isSecret: Bool
  /// Of a field of messages, their type.
  package let message: (any JSONMessage.Type)?
  /// Of a field of an enum, its type.
  package let enumeration: (any JSONEnum.Type)?
  /// Those that it is read by: the proto's, and in lowerCamelCase.
  let names: [JSONName]
  /// The oneof that it is a member of, beside others.
  let oneOf: Identifier?

  /// - Parameter json: the name in lowerCamelCase, where it is another one.
  package init(
    _ number: Int,
    _ name: StaticString,
    json: StaticString? = nil,
    oneOf: Identifier? = nil,
    isSecret: Bool = false,
    message: (any JSONMessage.Type)? = nil,
    enumeration: (any JSONEnum.Type)? = nil
  ) {
    self.number = number
    self.name = "\(name)"
    self.names = ([name] + (json.map { [$0] } ?? [])).map { JSONName(stringLiteral: $0) }
    self.oneOf = oneOf
    self.isSecret = isSecret
    self.message = message
    self.enumeration = enumeration
  }
}
