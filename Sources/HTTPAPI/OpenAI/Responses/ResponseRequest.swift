internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore
internal import TokenwireAPI

/// A request of `POST /v1/responses`.
struct ResponseRequest: OpenAIRequest, ConversationRequest {
  var generate = GenerateRequest(maxLength: GenerateRequest.untilContextIsFull)
  var stream = StreamOptions()
  var chat = ChatMessages()
  /// Whether to tell the probabilities of tokens.
  var tellsLogprobs = false
  /// Members of the response that repeat the request, with a comma before each.
  let repeated: ByteBuffer
  private var instructions: String?
  private var topLogprobs: Int32 = 0

  init(_ body: Place) throws(HTTPFailure) {
    self.repeated = try Self.repeated(of: body)
    try Self.form.read(body, into: &self)
    if let instructions {
      self.chat.messages.insert(ChatMessage(role: "system", content: instructions), at: 0)
    }
    if self.topLogprobs > 0 { self.tellsLogprobs = true }
    if self.tellsLogprobs { self.generate.logprobs = self.topLogprobs }
    self.generate.input = .messages(self.chat)
  }

  static let form = ObjectForm<ResponseRequest>(
    input + Field.callFields + [
      .maxTokens(
        "max_output_tokens",
        "How many tokens to generate at most; -1 and the default: until the context is full."
      )
    ] + samplingAndLength + tools + text + Field.constraintFields + refused
      + Field.refusedExtensions + Field.ignoredFields + ignored,
    required: ["input"]
  )

  private static let input: [Field<ResponseRequest>] = [
    Field(
      "input",
      .oneOf([.string, .array(.object([("type", .string)]))]),
      "A user's text, or items: messages, function_call, function_call_output, reasoning."
    ) { request, place throws(HTTPFailure) in
      if [.string(""), .array([])].contains(place.value) { throw place.wrong("is empty") }
      request.chat.messages = try ResponseInput.messages(place)
    },
    Field("instructions", .string, "A system message before the input.") {
      request,
      place throws(HTTPFailure) in
      request.instructions = try place.string()
    },
  ]

  /// A response has one text.
  private static let samplingAndLength: [Field<ResponseRequest>] =
    Field.samplingFields + Field.lengthFields.filter { $0.name != "n" }

  private static let tools: [Field<ResponseRequest>] = [
    Field(
      "tools",
      .array(
        .object(
          [("type", .choice(["function"])), ("name", .string), ("parameters", .map(.anything))],
          required: ["type", "name"]
        )
      ),
      "What the model may call: functions. At most 128."
    ) { request, place throws(HTTPFailure) in
      for place in try place.array() { request.chat.tools.append(try ToolForm.flatTool(place)) }
    },
    .toolChoice, .parallelToolCalls,
  ]

  private static let text: [Field<ResponseRequest>] = [
    Field("text", .object([("format", ResponseFormat.schema)]), "The format of the text.") {
      request,
      place throws(HTTPFailure) in
      if let verbosity = try place.member("verbosity"), verbosity.value != .string("medium") {
        throw verbosity.wrong("is not supported: say it in a message")
      }
      guard let format = try place.member("format") else { return }
      if let constraint = try ResponseFormat.constraint(format) {
        try request.constrain(constraint, format)
      }
    },
    Field(
      "reasoning",
      .object([("effort", .choice(Reasoning.efforts.map(\.text)))]),
      "With the effort \"none\" the model answers at once, with others it thinks first, so thoroughly if it knows efforts. A summary is not made: thoughts are sent."
    ) { request, place throws(HTTPFailure) in
      if let effort = try place.member("effort") {
        try request.chat.setEffort(effort)
      }
    },
    .maximumReasoning,
    .integer(
      "top_logprobs",
      0 ... 20,
      "How many alternatives to tell beside each token. Default: no probabilities."
    ) { $0.topLogprobs = $1 },
    Field(
      "include",
      .array(.string),
      "With \"message.output_text.logprobs\" the probabilities are told. Others are ignored."
    ) { request, place throws(HTTPFailure) in
      let names = try place.strings().map { Identifier($0) }
      request.tellsLogprobs = names.contains("message.output_text.logprobs")
    },
  ]

  private static let refused: [Field<ResponseRequest>] = [
    .refused("previous_response_id", "responses are not stored: send the conversation as input"),
    .refused("conversation", "conversations are not stored: send them as input"),
    .refused("background", unless: \.isFalse, "responses are not stored"),
    .refused("prompt", "prompts are not stored: send it as input"),
    .refused(
      "truncation",
      unless: { $0.value == .string("disabled") },
      "an input that is too long is an error"
    ),
    .refused("context_management", unless: \.isEmpty, "an input is never changed"),
    .refused("moderation", "texts are not moderated"),
  ]

  private static let ignored: [Field<ResponseRequest>] = [
    .ignored("stream_options", "Nothing is added to hide the lengths of tokens."),
    .ignored("max_tool_calls", "For tools of OpenAI's, which are not there."),
    .ignored("access_programs", "There are none."),
    .ignored("background_options", "Responses are not made in the background."),
  ]
}

extension ResponseRequest {
  /// Members that a response has from its request, and their defaults.
  private static let repeatedMembers: [(name: Identifier, absent: String)] = [
    ("instructions", "null"), ("max_output_tokens", "null"), ("metadata", "{}"),
    ("parallel_tool_calls", "true"), ("reasoning", #"{"effort":null,"summary":null}"#),
    ("temperature", "null"), ("text", #"{"format":{"type":"text"}}"#), ("tool_choice", #""auto""#),
    ("tools", "[]"), ("top_p", "null"), ("user", "null"),
  ]

  private static func repeated(of body: Place) throws(HTTPFailure) -> ByteBuffer {
    let members = try body.members()
    var buffer = ByteBuffer()
    for (name, absent) in Self.repeatedMembers {
      let json = members.first { $0.name == name }?.place.json ?? absent
      buffer.writeString(",\"\(name)\":\(json)")
    }
    return buffer
  }
}
