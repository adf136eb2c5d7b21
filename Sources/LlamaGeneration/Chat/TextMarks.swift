internal import Generation
internal import Identifiers
internal import JSON

/// Marks in what callers write, at the places of `ControlTexts`, while a template renders it.
struct TextMarks {
  private let controls: ControlTexts
  /// The mark, in UTF-8: a character of the private use areas that the request does not have.
  let mark: [UInt8]
  /// The mark as a template may write it in JSON.
  let escapedMark: [UInt8]

  /// Words that templates compare with.
  private static let plainWords: Set<Identifier> = [
    "$defs", "$ref", "additionalProperties", "allOf", "anyOf", "array", "boolean", "const",
    "default", "description", "enum", "format", "function", "integer", "items", "maximum",
    "minimum", "null", "number", "object", "oneOf", "pattern", "properties", "required", "string",
    "title", "type",
  ]

  /// - Parameter request: all of the request, as JSON.
  /// - Throws: `invalidRequest` when no character is left for the mark.
  init(_ controls: ControlTexts, in request: [UInt8]) throws(GenerationError) {
    self.controls = controls
    guard let scalar = PrivateScalars(in: request).highestFree else {
      throw GenerationError(
        .invalidRequest,
        "messages have every character of the private use planes, U+F0000 to U+10FFFD: leave one out"
      )
    }
    self.mark = Self.bytes(of: scalar)
    self.escapedMark = Self.escape(of: scalar)
  }

  /// The text with its marks.
  func marked(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let places = self.controls.places(in: bytes)
    guard !places.isEmpty, !Self.plainWords.contains(Identifier(text)) else { return text }
    var marked: [UInt8] = []
    var start = 0
    for place in places {
      marked += bytes[start ..< place] + self.mark
      start = place
    }
    return String(decoding: marked + bytes[start...], as: UTF8.self)
  }

  /// The value with marks in its names and strings.
  func marked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null, .bool, .number: value
    case .string(let text): .string(Identifier(self.marked(text.text)))
    case .array(let elements): .array(elements.map { self.marked($0) })
    case .object(let members):
      .object(
        members.map {
          JSONValue.Member(Identifier(self.marked($0.name.text)), self.marked($0.value))
        }
      )
    }
  }

  private static func bytes(of scalar: UInt32) -> [UInt8] {
    let first = 0xF0 | UInt8(scalar >> 18)
    return [first] + [12, 6, 0].map { 0x80 | UInt8(scalar >> $0 & 0x3F) }
  }

  /// As two UTF-16 surrogates (RFC 8259 section 7).
  private static func escape(of scalar: UInt32) -> [UInt8] {
    let offset = scalar - 0x1_0000
    let units = [0xD800 + offset >> 10, 0xDC00 + offset & 0x3FF]
    return units.flatMap { Array("\\u\(String($0, radix: 16))".utf8) }
  }
}
