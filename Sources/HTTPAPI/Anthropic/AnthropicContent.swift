internal import HTTPTransport
internal import Identifiers
internal import JSON

/// Content that consists of text alone: a string, or a list of blocks.
enum AnthropicText {
  static let schema = Schema.oneOf([
    .string,
    .array(
      .object([("type", .choice(["text"])), ("text", .string)], required: ["type", "text"])
    ),
  ])

  /// The texts of the blocks.
  static func blocks(_ place: Place) throws(HTTPFailure) -> [String] {
    if case .string(let text) = place.value { return [text.text] }
    guard case .array = place.value else { throw place.mismatch("a string or an array of blocks") }
    var texts: [String] = []
    for block in try place.array() {
      let type = try block.requiredMember("type")
      guard Identifier(try type.string()) == "text" else {
        throw try type.unknownType(known: "\"text\"")
      }
      texts.append(try block.requiredMember("text").string())
    }
    return texts
  }
}
