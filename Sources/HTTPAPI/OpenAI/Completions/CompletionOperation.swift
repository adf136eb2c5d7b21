internal import HTTPTransport
internal import Identifiers
internal import NIOCore
internal import NIOHTTP1

extension HTTPAPI {
  /// `POST /v1/completions`.
  var completions: Operation {
    Operation(
      Route(.POST, "/v1/completions") { request throws(HTTPFailure) in
        let completion = try CompletionRequest(Place(request.body))
        let token = self.openAIAccessToken(request)
        let count = completion.prompts.count
        // A single call counts by itself.
        let calls = CallRequests(count: count, held: count > 1 ? request.body.readableBytes : 0) {
          self.generation(completion.generation($0), for: request, accessToken: token)
        }
        return .calls(
          calls,
          completion.stream.isStream ? CompletionChunks(completion) : WholeCompletion(completion)
        )
      },
      "Continues texts.",
      form: CompletionRequest.form,
      response: ResponseDescription(schema: Self.completion, streams: [ServerSentEvents.mediaType])
    )
  }

  private static let completion = Schema.object(
    [
      ("id", .string), ("object", .choice(["text_completion"])), ("created", .integer()),
      ("model", .string),
      (
        "choices",
        .array(
          .object(
            [
              ("index", .integer()), ("text", .string),
              // An object of four arrays, or null.
              ("logprobs", .anything), ("finish_reason", .choice(["stop", "length"])),
            ],
            required: ["index", "text", "finish_reason"]
          )
        )
      ),
      ("usage", TokenCounts.schema),
    ],
    required: ["id", "object", "created", "model", "choices", "usage"]
  )
}
