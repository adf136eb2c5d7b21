internal import Identifiers
internal import Protobuf

extension Schema {
  /// The schema of what a message has as JSON.
  init(_ shape: JSONShape) {
    self =
      switch shape {
      case .boolean: .boolean
      // Those that a double does not represent exactly are strings.
      case .integer(let low, let high) where high > 1 << 53:
        .oneOf([.integer(.from(low, to: high)), .string])
      case .integer(let low, let high): .integer(.from(low, to: high))
      case .number: .oneOf([.number(), .choice(["NaN", "Infinity", "-Infinity"])])
      case .string, .base64: .string
      // A name that a newer server adds is a number to an older one.
      case .names(let names): .oneOf([.choice(names.map(\.text)), .integer()])
      case .list(let element): .array(Schema(element))
      case .map(let element): .map(Schema(element))
      case .message(let members): .object(members.map { ($0.name.text, Schema($0.shape)) })
      }
  }
}

extension ClosedRange<Int> {
  fileprivate static func from(_ low: Int64, to high: UInt64) -> ClosedRange<Int> {
    Int(clamping: low) ... Int(clamping: high)
  }
}
