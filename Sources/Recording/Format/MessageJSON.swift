internal import Foundation
internal import Identifiers
internal import NIOCore
package import Protobuf

/// A message as JSON, for people: with the proto's names, and bytes in base64.
package struct MessageJSON: Encodable, Sendable {
  private let value: MessageValue

  package init(_ value: MessageValue) {
    self.value = value
  }

  /// On one line. The fields are in the order of the proto.
  package var text: String {
    switch self.value {
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): "\(value)"
    case .name(let name): name.text
    case .text(let text): Self.quoted(text.text)
    case .bytes(let bytes): Self.quoted(Data(bytes.readableBytesView).base64EncodedString())
    case .list(let values):
      "[" + values.map { MessageJSON($0).text }.joined(separator: ",") + "]"
    case .fields(let fields):
      "{" + fields.map { "\($0.name):" + MessageJSON($0.value).text }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      // Terminals execute control characters, including those of C1.
      case "\u{0}" ..< " ", "\u{7F}" ..< "\u{A0}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  package func encode(to encoder: any Encoder) throws {
    if case .fields(let fields) = self.value {
      var object = encoder.container(keyedBy: Key.self)
      for field in fields {
        try object.encode(MessageJSON(field.value), forKey: Key(stringValue: field.name.text))
      }
      return
    }
    var container = encoder.singleValueContainer()
    switch self.value {
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let text), .name(let text): try container.encode(text.text)
    case .bytes(let bytes): try container.encode(Data(bytes.readableBytesView))
    case .list(let values): try container.encode(values.map { MessageJSON($0) })
    case .fields: break
    }
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
      self.stringValue = stringValue
    }

    init?(intValue: Int) {
      return nil
    }
  }
}
