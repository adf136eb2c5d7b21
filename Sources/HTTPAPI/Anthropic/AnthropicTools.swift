internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

/// Tools of Anthropic's API, and whether they are called.
enum AnthropicTools {
  static let schema = Schema.array(
    .object(
      [
        ("name", .string), ("description", .string), ("input_schema", .object([])),
        ("strict", .boolean),
      ],
      required: ["name", "input_schema"]
    )
  )

  static let choiceSchema = Schema.object(
    [
      ("type", .choice(["auto", "any", "tool", "none"])), ("name", .string),
      ("disable_parallel_tool_use", .boolean),
    ],
    required: ["type"]
  )

  /// Reads what the model may call.
  ///
  /// - Throws: also for tools that Anthropic runs itself, which have a type.
  static func read(_ place: Place) throws(HTTPFailure) -> [Tool] {
    var tools: [Tool] = []
    for place in try place.array() {
      if let type = try place.member("type"), Identifier(try type.string()) != "custom" {
        throw try type.unknownType(known: "\"custom\": this server runs no tools itself")
      }
      tools.append(
        Tool(
          name: try place.requiredMember("name").string(),
          description: try place.member("description")?.string() ?? "",
          parameters: try place.requiredMember("input_schema").object(),
          strict: try place.member("strict")?.bool() ?? false
        )
      )
    }
    return tools
  }

  /// Reads which tools are called.
  static func readChoice(_ place: Place, into chat: inout ChatMessages) throws(HTTPFailure) {
    let type = try place.requiredMember("type")
    switch Identifier(try type.string()) {
    case "auto": chat.toolChoice = ToolChoice(mode: .auto)
    case "any": chat.toolChoice = ToolChoice(mode: .required)
    case "none": chat.toolChoice = ToolChoice(mode: .none)
    case "tool":
      chat.toolChoice = ToolChoice(name: try place.requiredMember("name").string())
    default: throw try type.unknownType(known: "\"auto\", \"any\", \"tool\" or \"none\"")
    }
    if let disables = try place.member("disable_parallel_tool_use") {
      chat.parallelToolCalls = try !disables.bool()
    }
  }
}
