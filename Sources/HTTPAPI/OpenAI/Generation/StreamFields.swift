internal import HTTPTransport
internal import Identifiers
internal import TokenwireAPI

extension Field where Request: OpenAIRequest {
  /// The model, and whether the answer is a stream.
  static var callFields: [Field] {
    [
      Field("model", .string, "A model of the server. Default: the server's first.") {
        request,
        place throws(HTTPFailure) in
        request.generate.model = try place.string()
      },
      Field("stream", .boolean, "Whether the answer comes as server-sent events. Default false.") {
        request,
        place throws(HTTPFailure) in
        request.stream.isStream = try place.bool()
      },
      Field(
        "session_id",
        .string,
        "Names the conversation that the text belongs to (docs/generation.md). At most 128 bytes."
      ) { request, place throws(HTTPFailure) in
        request.generate.sessionID = try place.string()
      },
    ]
  }

  /// What a stream of chunks has beside the text.
  static var streamOptions: Field {
    Field(
      "stream_options",
      StreamOptions.form.schema,
      "Whether the last chunk of a stream tells the tokens, or all do."
    ) { request, place throws(HTTPFailure) in
      try StreamOptions.form.read(place, into: &request.stream)
    }
  }
}

extension StreamOptions {
  fileprivate static let form = ObjectForm<StreamOptions>([
    Field("include_usage", .boolean, "A chunk at the end has the tokens of the request.") {
      options,
      place throws(HTTPFailure) in
      options.includesUsage = try place.bool()
    },
    Field(
      "continuous_usage_stats",
      .boolean,
      "With `include_usage`: each chunk has the tokens so far."
    ) {
      options,
      place throws(HTTPFailure) in
      options.isUsageContinuous = try place.bool()
    },
    .ignored("include_obfuscation", "Nothing is added to hide the lengths of tokens."),
  ])
}
