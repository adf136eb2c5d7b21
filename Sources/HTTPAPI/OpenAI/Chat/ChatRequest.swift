internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

/// A request of `POST /v1/chat/completions`.
struct ChatRequest: OpenAIRequest {
  var generate = GenerateRequest(maxLength: GenerateRequest.untilContextIsFull)
  var stream = StreamOptions()
  var chat = ChatMessages()
  /// Whether to tell the probabilities of tokens, and of how many alternatives.
  var tellsLogprobs = false
  var topLogprobs: Int32 = 0

  init(_ body: Place) throws(HTTPFailure) {
    try Self.form.read(body, into: &self)
    if self.tellsLogprobs {
      self.generate.logprobs = self.topLogprobs
    } else if self.topLogprobs > 0 {
      throw .invalid("top_logprobs needs logprobs: true", parameter: "top_logprobs")
    }
    if self.chat.messages.isEmpty {
      throw .invalid("messages is empty: send at least one", parameter: "messages")
    }
    self.generate.input = .messages(self.chat)
  }

  static let form = ObjectForm<ChatRequest>(
    [messages] + Field.callFields + [.streamOptions] + lengths + Field.lengthFields
      + Field.samplingFields + logprobs + tools + reasoning + [.responseFormat]
      + Field.constraintFields + refused + Field.refusedExtensions + Field.ignoredFields + [
        .ignored("prediction", "It could only be faster, and the text would be the same.")
      ],
    required: ["messages"]
  )

  private static let messages = Field<ChatRequest>(
    "messages",
    .array(ChatMessage.form.schema),
    "The conversation; at most 4096. An assistant's text at the end is continued."
  ) { request, place throws(HTTPFailure) in
    for place in try place.array() {
      request.chat.messages.append(try ChatMessage.form.read(place, as: ChatMessage()))
    }
  }

  private static let lengths: [Field<ChatRequest>] = [
    .maxTokens(
      "max_completion_tokens",
      "How many tokens to generate at most; -1 and the default: until the context is full."
    ),
    .maxTokens("max_tokens", "As `max_completion_tokens`."),
  ]

  private static let logprobs: [Field<ChatRequest>] = [
    Field("logprobs", .boolean, "Whether to tell the probabilities of tokens. Default false.") {
      request,
      place throws(HTTPFailure) in
      request.tellsLogprobs = try place.bool()
    },
    .integer("top_logprobs", 0 ... 20, "How many alternatives to tell. Default 0.") {
      $0.topLogprobs = $1
    },
  ]

  private static let tools: [Field<ChatRequest>] = [
    Field("tools", .array(ToolForm.schema), "What the model may call: functions. At most 128.") {
      request,
      place throws(HTTPFailure) in
      for place in try place.array() { request.chat.tools.append(try ToolForm.tool(place)) }
    },
    Field(
      "tool_choice",
      ToolForm.choiceSchema,
      "\"auto\", \"none\", \"required\" or one of the functions. Default auto."
    ) { request, place throws(HTTPFailure) in
      request.chat.toolChoice = try ToolForm.choice(place)
    },
    Field(
      "parallel_tool_calls",
      .boolean,
      "Whether an answer may have several calls. Default true."
    ) {
      request,
      place throws(HTTPFailure) in
      request.chat.parallelToolCalls = try place.bool()
    },
    .refused("functions", unless: \.isEmpty, "use tools"),
    .refused(
      "function_call",
      unless: { $0.value == .string("auto") || $0.value == .string("none") },
      "use tool_choice"
    ),
  ]

  private static let reasoning: [Field<ChatRequest>] = [
    Field(
      "reasoning_effort",
      .choice(Reasoning.efforts.map(\.text)),
      "\"none\": the model answers at once. Others: it thinks first, if its template knows how."
    ) { request, place throws(HTTPFailure) in
      request.chat.reasoning = try Reasoning(effort: place)
    },
    .integer("reasoning_max_tokens", 0 ... Int(Int32.max), "How many tokens the model may think.") {
      $0.chat.reasoningMaxTokens = $1
    },
    Field(
      "chat_template_kwargs",
      TemplateOptions.form.schema,
      "As in vLLM and llama.cpp: whether the model thinks first."
    ) { request, place throws(HTTPFailure) in
      // By name, so that nothing that a template could know is lost without a word.
      for (name, place) in try place.members()
      where !TemplateOptions.form.fields.contains(where: { $0.name == name }) {
        throw place.wrong("is not supported: templates get enable_thinking alone")
      }
      let options = try TemplateOptions.form.read(place, as: TemplateOptions())
      if let thinks = options.thinks { request.chat.reasoning = thinks ? .auto : .off }
    },
  ]

  private static let refused: [Field<ChatRequest>] = [
    .refused(
      "modalities",
      unless: { $0.value == .array([.string("text")]) },
      "texts are generated"
    ),
    .refused("audio", "texts are generated"),
    .refused("web_search_options", "the model does not search: give it a tool that does"),
    .refused("moderation", "texts are not moderated"),
    .refused("verbosity", unless: { $0.value == .string("medium") }, "say it in a message"),
    .refused("echo", unless: \.isFalse, "use /v1/completions"),
    .refused("chat_template", "the server chooses it"),
    .refused("documents", unless: \.isEmpty, "put them in a message"),
  ]
}

/// `chat_template_kwargs`.
private struct TemplateOptions {
  var thinks: Bool?

  static let form = ObjectForm<TemplateOptions>(
    ["enable_thinking", "thinking"].map { name in
      Field(name, .boolean, "Whether the model thinks before its answer.") {
        options,
        place throws(HTTPFailure) in
        options.thinks = try place.bool()
      }
    }
  )
}

extension Reasoning {
  /// What OpenAI's models know.
  static let efforts: [Identifier] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

  init(effort place: Place) throws(HTTPFailure) {
    self = try place.choice(of: Self.efforts) == "none" ? .off : .auto
  }
}
