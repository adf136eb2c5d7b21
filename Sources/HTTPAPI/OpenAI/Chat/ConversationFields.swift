internal import HTTPTransport
internal import Identifiers
internal import TokenwireAPI

/// A request of OpenAI's API that has a conversation.
protocol ConversationRequest: Sendable {
  /// The conversation, and what the model may do in it.
  var chat: ChatMessages { get set }
}

extension Field where Request: ConversationRequest {
  /// The messages, as in a request of a chat.
  static func messages(_ summary: String) -> Field {
    Field("messages", .array(ChatMessage.form.schema), summary) {
      request,
      place throws(HTTPFailure) in
      for place in try place.array() {
        let message = try ChatMessage.form.read(place, as: ChatMessage())
        if Identifier(message.role) != "assistant", try place.member("content") == nil {
          let path = "\(place.path).content"
          throw .invalid("\(path) is required", parameter: path)
        }
        request.chat.messages.append(message)
      }
    }
  }

  /// What the model may call, as in a request of a chat.
  static var tools: Field {
    Field("tools", .array(ToolForm.schema), "What the model may call: functions. At most 128.") {
      request,
      place throws(HTTPFailure) in
      for place in try place.array() { request.chat.tools.append(try ToolForm.tool(place)) }
    }
  }

  /// Which tools the model calls.
  static var toolChoice: Field {
    Field(
      "tool_choice",
      ToolForm.choiceSchema,
      "\"auto\", \"none\", \"required\" or one of the functions. Default auto."
    ) { request, place throws(HTTPFailure) in
      let choice = try ToolForm.choice(place)
      request.chat.toolChoice = choice
      // OpenAI's models call a function that is named exactly once.
      if !choice.name.isEmpty, request.chat.parallelToolCalls == nil {
        request.chat.parallelToolCalls = false
      }
    }
  }

  /// Whether the model may call several tools at once.
  static var parallelToolCalls: Field {
    Field(
      "parallel_tool_calls",
      .boolean,
      "Whether an answer may have several calls. Default true, but false when tool_choice names a function."
    ) {
      request,
      place throws(HTTPFailure) in
      request.chat.parallelToolCalls = try place.bool()
    }
  }

  /// Whether the model thinks, and for how long, as in a request of a chat.
  static var reasoningFields: [Field] {
    [
      Field(
        "reasoning_effort",
        .choice(Reasoning.efforts.map(\.text)),
        "\"none\": the model answers at once. Others: it thinks first, if it can, and so thoroughly if it knows efforts."
      ) { request, place throws(HTTPFailure) in
        try request.chat.setEffort(place)
      }, .maximumReasoning,
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
        if let thinks = options.thinks { request.chat.reasoning = thinks ? .on : .off }
      },
    ]
  }

  /// How long the model may think.
  static var maximumReasoning: Field {
    .integer("reasoning_max_tokens", 0 ... Int(Int32.max), "How many tokens the model may think.") {
      $0.chat.reasoningMaxTokens = $1
    }
  }
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

}

extension ChatMessages {
  /// Takes how thoroughly the model thinks, in OpenAI's words.
  mutating func setEffort(_ place: Place) throws(HTTPFailure) {
    let effort = try place.choice(of: Reasoning.efforts)
    self.reasoning = effort == "none" ? .off : .on
    self.reasoningEffort = ReasoningEffort(named: effort)
  }
}

extension ReasoningEffort {
  /// That of a name in the APIs of OpenAI and Anthropic; unspecified for others.
  init(named name: Identifier) {
    switch name {
    case "minimal": self = .minimal
    case "low": self = .low
    case "medium": self = .medium
    case "high": self = .high
    case "xhigh": self = .xhigh
    case "max": self = .max
    default: self = .unspecified
    }
  }
}
