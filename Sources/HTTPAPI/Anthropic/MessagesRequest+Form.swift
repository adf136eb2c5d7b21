internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

extension MessagesRequest {
  /// The members of a request for a text.
  static let form = ObjectForm<MessagesRequest>(
    Self.conversationFields + Self.textFields + Self.otherFields,
    required: ["model", "max_tokens", "messages"]
  )

  /// The members of a request for the number of tokens. The others are those of texts.
  static let countForm = ObjectForm<MessagesRequest>(
    Self.conversationFields + Self.otherFields,
    required: ["model", "messages"]
  )

  /// What has the claim of changing with each request, which would defeat the cache of prompts.
  private static let billingHeader = "x-anthropic-billing-header:"

  private static let conversationFields: [Field<MessagesRequest>] = [
    Field("model", .string, "A model of this server; empty is its default.") {
      request,
      place throws(HTTPFailure) in
      request.generate.model = try place.string()
    },
    Field(
      "messages",
      AnthropicConversation.schema,
      "With blocks of the types text, tool_use, tool_result, thinking and redacted_thinking, which is ignored; others are refused. An assistant's text at the end is continued."
    ) { request, place throws(HTTPFailure) in
      for message in try place.array() { try request.conversation.add(message) }
      request.noteCacheControl(in: place)
    },
    Field(
      "system",
      AnthropicText.schema,
      "Instructions. Blocks that begin with `x-anthropic-billing-header:` are dropped."
    ) { request, place throws(HTTPFailure) in
      request.system = try AnthropicText.blocks(place)
      request.noteCacheControl(in: place)
      guard case .array = place.value else { return }
      request.system.removeAll { $0.utf8.starts(with: Self.billingHeader.utf8) }
    },
    Field(
      "tools",
      AnthropicTools.schema,
      "What the model may call; those of other types than custom are refused."
    ) {
      request,
      place throws(HTTPFailure) in
      request.chat.tools = try AnthropicTools.read(place)
      request.noteCacheControl(in: place)
    },
    Field("tool_choice", AnthropicTools.choiceSchema, "Which tools the model calls. Default auto.")
    {
      request,
      place throws(HTTPFailure) in
      try AnthropicTools.readChoice(place, into: &request.chat)
    },
    Field(
      "thinking",
      AnthropicThinking.schema,
      "Whether the model thinks, and with how many tokens. Without it, as the model does."
    ) { request, place throws(HTTPFailure) in
      try AnthropicThinking.read(place, into: &request.chat)
    },
  ]

  private static let textFields: [Field<MessagesRequest>] = [
    Field(
      "max_tokens",
      .integer(0 ... Int(Int32.max)),
      "At most the context length; thinking counts."
    ) {
      request,
      place throws(HTTPFailure) in
      request.generate.maxTokens = try place.integer()
    },
    Field("stream", .boolean, "Whether the answer is a stream of events. Default false.") {
      request,
      place throws(HTTPFailure) in
      request.streams = try place.bool()
    },
    Field("stop_sequences", .array(.string), "The text ends before the first of these.") {
      request,
      place throws(HTTPFailure) in
      request.generate.stop = try place.strings()
    },
    Field("temperature", .number(0 ... 1), "0 is greedy. Default 0.8.") {
      request,
      place throws(HTTPFailure) in
      request.generate.sampling?.temperature = try place.number(in: 0 ... 1)
    },
    Field("top_p", .number(0 ... 1), "Default 0.95.") { request, place throws(HTTPFailure) in
      request.generate.sampling?.topP = try place.number(in: 0 ... 1)
    },
    Field("top_k", .integer(0 ... Int(Int32.max)), "0 is all. Default 40.") {
      request,
      place throws(HTTPFailure) in
      request.generate.sampling?.topK = try place.integer()
    },
    Field(
      "output_config",
      .object([
        ("format", .object([("type", .choice(["json_schema"])), ("schema", .object([]))])),
        ("effort", .choice(Self.efforts.map(\.text))),
      ]),
      "`format` is a JSON schema that the text satisfies; `effort` is how thoroughly the model thinks, if it knows efforts."
    ) { request, place throws(HTTPFailure) in
      if let effort = try place.member("effort") {
        request.chat.reasoningEffort = ReasoningEffort(named: try effort.choice(of: Self.efforts))
      }
      guard let format = try place.member("format") else { return }
      try request.setFormat(format)
    },
    Field(
      "output_format",
      .object([("type", .string), ("schema", .object([]))]),
      "As `output_config.format`."
    ) {
      request,
      place throws(HTTPFailure) in
      try request.setFormat(place)
    },
  ]

  private mutating func noteCacheControl(in place: Place) {
    if place.value.hasCacheControl { self.chat.cachePrompt = true }
  }

  private mutating func setFormat(_ place: Place) throws(HTTPFailure) {
    let type = try place.requiredMember("type")
    guard Identifier(try type.string()) == "json_schema" else {
      throw try type.unknownType(known: "\"json_schema\"")
    }
    self.generate.constraint = .jsonSchema(try place.requiredMember("schema").object())
  }

  private static let efforts: [Identifier] = ["low", "medium", "high", "xhigh", "max"]

  private static let otherFields: [Field<MessagesRequest>] = [
    Field(
      "cache_control",
      .anything,
      "Here and in blocks and tools: servers elsewhere that keep prompts only when they are asked keep this one. Models here keep all."
    ) { request, place throws(HTTPFailure) in
      request.chat.cachePrompt = request.chat.cachePrompt || place.value != .null
    },
    .ignored("metadata", "It does not change the text."),
    .ignored("service_tier", "There is one tier."),
    .ignored("inference_geo", "The server is where it is."),
    .ignored("speed", "It is as fast as it can."),
    .ignored("context_management", "Nothing is removed from a conversation."),
    .ignored("diagnostics", "It does not change the text."),
    .ignored("user_profile_id", "It does not change the text."),
    .ignored("workspace_id", "It does not change the text."),
    .refused("thread", "this server keeps no conversations: send all messages each time"),
    .refused("container", "this server runs no tools itself"),
    .refused(
      "mcp_servers",
      unless: { $0.value == .array([]) },
      "this server calls no other servers"
    ),
  ]
}

extension JSONValue {
  /// Whether one of these messages, blocks or tools is to be kept by the server.
  fileprivate var hasCacheControl: Bool {
    switch self {
    case .array(let values): values.contains { $0.hasCacheControl }
    case .object(let members):
      members.contains { member in
        (member.name == "cache_control" && member.value != .null)
          || (member.name == "content" && member.value.hasCacheControl)
      }
    default: false
    }
  }
}
