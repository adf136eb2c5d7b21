import Protobuf

extension JSONStyle {
  /// As the command prints messages: a field is always there, whatever it has, and the values of enums
  /// are short.
  static let command = JSONStyle(printsDefaults: true, enumNames: .short)
}
