internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1
internal import RPC
internal import TokenwireAPI

extension HTTPAPI {
  /// Anthropic's Messages API (https://platform.claude.com/docs/en/api/messages).
  var anthropic: OperationGroup {
    OperationGroup(
      name: "Anthropic",
      prefix: "/v1/messages",
      errors: AnthropicErrors(),
      operations: [
        Operation(
          Route(.POST, "/v1/messages") { request throws(HTTPFailure) in
            let message = try MessagesRequest(request, MessagesRequest.form)
            let call = self.generation(
              message.generateRequest,
              for: request,
              accessToken: self.accessToken(request.apiKey)
            )
            return message.streams
              ? .calls([call], MessageStream(requestID: request.id))
              : .calls([call], WholeMessage())
          },
          "Generates the next message of a conversation.",
          form: MessagesRequest.form,
          response: ResponseDescription(
            schema: Self.messageSchema,
            streams: [ServerSentEvents.mediaType]
          )
        ),
        Operation(
          Route(.POST, "/v1/messages/count_tokens") { request throws(HTTPFailure) in
            let call = self.call(
              TokenwireMethod.countTokens,
              try MessagesRequest(request, MessagesRequest.countForm).countRequest,
              for: request,
              accessToken: self.accessToken(request.apiKey)
            )
            return .calls([call], MessageTokenCount())
          },
          "Counts the tokens of a conversation.",
          form: MessagesRequest.countForm,
          response: ResponseDescription(
            schema: .object([("input_tokens", .integer())], required: ["input_tokens"])
          )
        ),
      ]
    )
  }

  private static let messageSchema = Schema.object(
    [
      ("id", .string), ("type", .choice(["message"])), ("role", .choice(["assistant"])),
      ("model", .string),
      (
        "content",
        .array(
          .object(
            [
              ("type", .choice(["thinking", "text", "tool_use"])), ("text", .string),
              ("thinking", .string), ("signature", .string), ("id", .string), ("name", .string),
              ("input", .object([])),
            ],
            required: ["type"]
          )
        )
      ),
      ("stop_reason", .string), ("stop_sequence", .anything),
      (
        "usage",
        .object(
          [
            ("input_tokens", .integer()), ("cache_creation_input_tokens", .integer()),
            ("cache_read_input_tokens", .integer()), ("output_tokens", .integer()),
          ],
          required: ["input_tokens", "output_tokens"]
        )
      ),
    ],
    required: ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"]
  )
}

extension MessagesRequest {
  fileprivate init(
    _ request: HTTPRequest,
    _ form: ObjectForm<MessagesRequest>
  ) throws(HTTPFailure) {
    self.init()
    try form.read(Place(request.body), into: &self)
  }
}
