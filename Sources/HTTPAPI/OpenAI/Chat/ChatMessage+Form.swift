internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

extension ChatMessage {
  /// A message of OpenAI's chat completions.
  static let form = ObjectForm<ChatMessage>(
    [
      Field("role", .choice(roles.map(\.text)), "Whose message it is; developer is as system.") {
        message,
        place throws(HTTPFailure) in
        message.role = try place.choice(of: Self.roles).text
      },
      Field("content", ContentParts.schema, "What is said: a string, or parts of the type text.") {
        message,
        place throws(HTTPFailure) in
        message.content = try ContentParts.text(place)
      },
      Field("tool_calls", .array(ToolCall.form.schema), "Of an assistant: the calls that it made.")
      {
        message,
        place throws(HTTPFailure) in
        for place in try place.array() {
          message.toolCalls.append(try ToolCall.form.read(place, as: ToolCall()))
        }
      },
      Field("tool_call_id", .string, "Of a tool: the call that the content is the result of.") {
        message,
        place throws(HTTPFailure) in
        message.toolCallID = try place.string()
      },
      .reasoning("reasoning_content"), .reasoning("reasoning"),
      .ignored("name", "Templates do not know it."),
      .ignored("refusal", "No text is refused here."),
      .refused("function_call", "use tool_calls"),
      .refused("audio", "this server reads text alone"),
    ],
    required: ["role"]
  )

  private static let roles: [Identifier] = ["system", "developer", "user", "assistant", "tool"]
}

extension Field<ChatMessage> {
  fileprivate static func reasoning(_ name: Identifier) -> Field {
    Field(name, .string, "Of an assistant: what it thought.") {
      message,
      place throws(HTTPFailure) in
      message.reasoningText = try place.string()
    }
  }
}

extension ToolCall {
  /// A call that an assistant made.
  static let form = ObjectForm<ToolCall>(
    [
      Field("id", .string, "Names the call to its result.") { call, place throws(HTTPFailure) in
        call.id = try place.string()
      },
      Field("type", .choice(["function"]), "") { _, place throws(HTTPFailure) in
        _ = try place.choice(of: ["function"])
      },
      Field("function", function.schema, "Its name, and its arguments as a string of JSON.") {
        call,
        place throws(HTTPFailure) in
        try Self.function.read(place, into: &call)
      },
    ],
    required: ["id", "function"]
  )

  private static let function = ObjectForm<ToolCall>(
    [
      Field("name", .string, "The function.") { call, place throws(HTTPFailure) in
        call.name = try place.string()
      },
      Field("arguments", .string, "A string of JSON.") { call, place throws(HTTPFailure) in
        call.arguments = try place.string()
      },
    ],
    required: ["name", "arguments"]
  )
}

/// The content of a message: a text, or a list of parts of it.
enum ContentParts {
  static let schema = Schema.oneOf([
    .string,
    .array(.object([("type", .string), ("text", .string)], required: ["type"])),
  ])

  /// The types of parts that have text, in all of OpenAI's APIs.
  private static let textTypes: [Identifier] = ["text", "input_text", "output_text"]

  /// The text of all parts.
  static func text(_ place: Place) throws(HTTPFailure) -> String {
    switch place.value {
    case .string(let text): return text.text
    case .array:
      var text = ""
      for part in try place.array() { text += try Self.text(ofPart: part) }
      return text
    default: throw place.mismatch("a string or an array of parts")
    }
  }

  private static func text(ofPart part: Place) throws(HTTPFailure) -> String {
    guard let type = try part.member("type") else {
      throw .invalid("\(part.path).type is required", parameter: "\(part.path).type")
    }
    let name = Identifier(try type.string())
    // What a model of OpenAI's answered instead of a text.
    let field: Identifier = name == "refusal" ? "refusal" : "text"
    guard name == field || Self.textTypes.contains(name) else {
      throw type.wrong("is \"\(name.text.beginning)\", but this server reads text alone")
    }
    guard let text = try part.member(field) else {
      throw .invalid("\(part.path).\(field) is required", parameter: "\(part.path).\(field)")
    }
    return try text.string()
  }
}
