internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

/// A request of `POST /v1/completions`.
struct CompletionRequest: OpenAIRequest {
  var generate = GenerateRequest(maxTokens: 16)
  var stream = StreamOptions()
  /// Each is a call.
  var prompts: [GenerateRequest.Input] = []
  private var bestOf: (count: Int32, place: Place)?

  /// As many as OpenAI's API takes.
  private static let maximumPrompts = 2048

  init(_ body: Place) throws(HTTPFailure) {
    try Self.form.read(body, into: &self)
    if let bestOf, Int(bestOf.count) != self.n {
      throw bestOf.place.wrong("is not supported, except as n: all texts are sent")
    }
    // With the prompt come its probabilities.
    if self.generate.echo { self.generate.promptLogprobs = self.generate.logprobs }
  }

  /// The request for the text of a prompt.
  func generation(_ index: Int) -> GenerateRequest {
    var generate = self.generate
    generate.input = self.prompts[index]
    return generate
  }

  static let form = ObjectForm<CompletionRequest>(
    [prompt] + Field.callFields + [.streamOptions] + [
      .maxTokens(
        "max_tokens",
        "How many tokens to generate at most; 0 only reads the prompt, -1: until the context is full. Default 16."
      )
    ] + Field.lengthFields + Field.samplingFields + [
      Field("echo", .boolean, "The text begins with the prompt. Default false.") {
        request,
        place throws(HTTPFailure) in
        request.generate.echo = try place.bool()
      },
      .integer(
        "logprobs",
        0 ... 20,
        "How many alternatives to tell beside each token, and with `echo` beside the prompt's."
      ) { $0.generate.logprobs = $1 },
      .responseFormat,
    ] + Field.constraintFields + [
      Field(
        "best_of",
        .integer(1 ... 16),
        "As `n`: others are refused, because all texts are sent."
      ) {
        request,
        place throws(HTTPFailure) in
        request.bestOf = (try place.integer(in: 1 ... 16), place)
      },
      .refused("suffix", unless: \.isEmpty, "texts are not inserted before another"),
      .refused("prompt_embeds", "send the prompt as text or tokens"),
    ] + Field.refusedExtensions + Field.ignoredFields,
    required: ["prompt"]
  )

  private static let prompt = Field<CompletionRequest>(
    "prompt",
    .oneOf([.string, .array(.string), .array(.integer()), .array(.array(.integer()))]),
    "A text, its tokens, or a list of several; at most 2048."
  ) { request, place throws(HTTPFailure) in
    if case .string(let text) = place.value {
      request.prompts = [.prompt(text.text)]
      return
    }
    guard case .array(let elements) = place.value, let first = elements.first else {
      throw place.mismatch("a string, or an array of strings or token ids that is not empty")
    }
    if case .number = first {
      request.prompts = [.promptTokenIDs(try TokenIDs(place))]
      return
    }
    guard elements.count <= Self.maximumPrompts else {
      throw place.wrong("has \(elements.count) prompts, but must have at most \(maximumPrompts)")
    }
    for element in try place.array() {
      if case .array = element.value {
        request.prompts.append(.promptTokenIDs(try TokenIDs(element)))
      } else {
        request.prompts.append(.prompt(try element.string()))
      }
    }
  }
}

extension TokenIDs {
  /// An array of token ids.
  init(_ place: Place) throws(HTTPFailure) {
    let elements = try place.array()
    var ids: [Int32] = []
    ids.reserveCapacity(elements.count)
    for element in elements { ids.append(try element.integer()) }
    self.init(ids: ids)
  }
}
