internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

/// A request of `POST /v1/chat/completions`.
struct ChatRequest: OpenAIRequest, ConversationRequest {
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
      + Field.samplingFields + logprobs + tools + Field.reasoningFields + [.responseFormat]
      + Field.constraintFields + refused + Field.refusedExtensions + Field.ignoredFields + [
        .ignored("prediction", "It could only be faster, and the text would be the same.")
      ],
    required: ["messages"]
  )

  private static let messages = Field<ChatRequest>.messages(
    "The conversation; at most 4096. An assistant's text at the end is continued."
  )

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
    .tools, .toolChoice, .parallelToolCalls,
    .refused("functions", unless: \.isEmpty, "use tools"),
    .refused(
      "function_call",
      unless: { $0.value == .string("auto") || $0.value == .string("none") },
      "use tool_choice"
    ),
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
