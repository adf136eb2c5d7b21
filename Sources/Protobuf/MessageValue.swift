public import Identifiers
public import NIOCore

/// A message as a tree of named values, for display and for comparing messages.
///
/// Texts are compared by their bytes. As in protobuf's JSON, fields with their default are left
/// out.
public indirect enum MessageValue: Hashable, Sendable {
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  /// Text; a string that is not UTF-8 becomes `bytes`.
  case text(Identifier)
  case bytes(ByteBuffer)
  /// The name of an enum's value in the proto. protoc-c's structs have the number.
  case name(Identifier)
  case list([MessageValue])
  /// In the order of the field numbers.
  case fields([Field])

  /// A field of a message, by its name in the proto.
  public struct Field: Hashable, Sendable {
    /// The field's name in the proto.
    public var name: Identifier
    /// The field's value.
    public var value: MessageValue

    /// Creates a field of that name.
    public init(_ name: Identifier, _ value: MessageValue) {
      self.name = name
      self.value = value
    }
  }

  /// The field with this name; nil if the value has no such field.
  public subscript(name: Identifier) -> MessageValue? {
    guard case .fields(let fields) = self else { return nil }
    return fields.first { $0.name == name }?.value
  }

  /// The same value with the names of enums in place of their numbers, without the enums' prefixes.
  ///
  /// - Parameter fields: the fields of the message's type.
  package func naming(_ fields: [MessageField]) -> MessageValue {
    guard case .fields(let members) = self else { return self }
    return .fields(
      members.map { member in
        let field = fields.first { Identifier($0.name) == member.name }
        return Field(member.name, field.map { member.value.named(as: $0) } ?? member.value)
      }
    )
  }

  private func named(as field: MessageField) -> MessageValue {
    switch self {
    case .list(let entries) where field.isMap: .list(entries.map { $0.entryNamed(as: field) })
    case .list(let values): .list(values.map { $0.named(as: field) })
    case .fields: self.naming(field.message?.fields ?? [])
    case .integer(let number): field.enumeration?.shortName(of: number).map { .name($0) } ?? self
    default: self
    }
  }

  /// An entry of a map, with its value named.
  private func entryNamed(as field: MessageField) -> MessageValue {
    guard case .fields(let members) = self else { return self }
    return .fields(
      members.map { Field($0.name, $0.name == "value" ? $0.value.named(as: field) : $0.value) }
    )
  }

  /// The same value without the fields with these names, at any depth.
  public func removing(_ names: Set<Identifier>) -> MessageValue {
    switch self {
    case .list(let values):
      .list(values.map { $0.removing(names) })
    case .fields(let fields):
      .fields(
        fields.filter { !names.contains($0.name) }.map { Field($0.name, $0.value.removing(names)) }
      )
    default: self
    }
  }
}
