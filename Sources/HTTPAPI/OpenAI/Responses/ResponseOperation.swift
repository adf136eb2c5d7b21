internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1

extension HTTPAPI {
  /// `POST /v1/responses`.
  var responses: Operation {
    Operation(
      Route(.POST, "/v1/responses") { request throws(HTTPFailure) in
        let response = try ResponseRequest(Place(request.body))
        let call = self.generation(
          response.generate,
          for: request,
          accessToken: self.openAIAccessToken(request)
        )
        return .calls(
          [call],
          response.stream.isStream ? ResponseEvents(response) : WholeResponse(response)
        )
      },
      "Answers a conversation. Nothing is stored.",
      form: ResponseRequest.form,
      response: ResponseDescription(schema: Self.response, streams: [ServerSentEvents.mediaType])
    )
  }

  private static let response = Schema.object(
    [
      ("id", .string), ("object", .choice(["response"])), ("created_at", .integer()),
      ("status", .choice(["completed", "incomplete"])), ("model", .string),
      // Items of the types reasoning, message and function_call.
      ("output", .array(.object([("id", .string), ("type", .string)], required: ["id", "type"]))),
      (
        "usage",
        .object(
          [
            ("input_tokens", .integer()), ("output_tokens", .integer()),
            ("total_tokens", .integer()),
          ],
          required: ["input_tokens", "output_tokens", "total_tokens"]
        )
      ),
    ],
    required: ["id", "object", "created_at", "status", "model", "output", "usage"]
  )
}
