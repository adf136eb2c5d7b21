internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1
internal import TokenwireAPI

extension HTTPAPI {
  /// `POST /v1/chat/completions`.
  var chatCompletions: Operation {
    Operation(
      Route(.POST, "/v1/chat/completions") { request throws(HTTPFailure) in
        let chat = try ChatRequest(Place(request.body))
        let call = self.generation(
          chat.generate,
          for: request,
          accessToken: self.openAIAccessToken(request)
        )
        return .calls(
          [call],
          chat.stream.isStream ? ChatChunks(chat) : ChatCompletion(chat)
        )
      },
      "Continues a conversation.",
      form: ChatRequest.form,
      response: ResponseDescription(
        schema: Self.chatCompletion,
        streams: [ServerSentEvents.mediaType]
      )
    )
  }

  private static let chatCompletion = Schema.object(
    [
      ("id", .string), ("object", .choice(["chat.completion"])), ("created", .integer()),
      ("model", .string),
      (
        "choices",
        .array(
          .object(
            [
              ("index", .integer()), ("message", Self.message),
              ("logprobs", .oneOf([.object([("content", .array(.anything))]), .anything])),
              ("finish_reason", .choice(["stop", "length", "tool_calls"])),
            ],
            required: ["index", "message", "finish_reason"]
          )
        )
      ),
      ("usage", TokenCounts.schema),
    ],
    required: ["id", "object", "created", "model", "choices", "usage"]
  )

  private static let message = Schema.object(
    [
      ("role", .choice(["assistant"])),
      // Null beside calls.
      ("content", .anything), ("refusal", .anything),
      ("reasoning_content", .string), ("tool_calls", .array(ToolCall.form.schema)),
    ],
    required: ["role", "content"]
  )
}
