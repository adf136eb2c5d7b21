internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import NIOCore
internal import TokenwireAPI

/// A request for text of the article's API.
struct ArticleRequest: Sendable {
  private var request = GenerateRequest(input: .prompt(""), echo: true)
  private var sampling = SamplingOptions()
  private var maxLength: Int32 = 150

  /// Reads a request. Without a prompt the server refuses it, once it has judged the access token.
  init(_ request: HTTPRequest) throws(HTTPFailure) {
    guard request.body.readableBytes > 0 else { return }
    try Self.form.read(Place(request.body), into: &self)
  }

  /// The request to the server.
  var message: GenerateRequest {
    var request = self.request
    request.sampling = self.sampling
    // As in transformers, a limit of the new text alone takes precedence.
    if request.maxTokens == nil { request.maxLength = self.maxLength }
    return request
  }

  static let form = ObjectForm<ArticleRequest>([
    Field("prompt", .string, "What the text starts from. Required.") {
      request,
      place throws(HTTPFailure) in
      request.request.input = .prompt(try place.string())
    },
    Field(
      "max_length",
      .integer(1 ... Int(Int32.max)),
      "How many tokens prompt and text may have together. Default 150."
    ) { request, place throws(HTTPFailure) in
      request.maxLength = try place.integer()
    },
    Self.maxTokens(
      "max_new_tokens",
      "How many tokens the text may have; then `max_length` does not count."
    ),
    Self.maxTokens("max_tokens", "As `max_new_tokens`."),
    Field(
      "return_full_text",
      .boolean,
      "Whether `generated_text` begins with the prompt. Default true."
    ) { request, place throws(HTTPFailure) in
      request.request.echo = try place.bool()
    },
    Field("model", .string, "The server's default model without it.") {
      request,
      place throws(HTTPFailure) in
      request.request.model = try place.string()
    },
    Field("stop", .oneOf([.string, .array(.string)]), "The text ends before the first of these.") {
      request,
      place throws(HTTPFailure) in
      request.request.stop = try place.stringOrStrings()
    },
    Self.number("temperature", .number(0 ... .greatestFiniteMagnitude), "0 is greedy. Default 0.8.")
    { $0.temperature = $1 },
    Self.number(
      "top_p",
      .number(0 ... 1),
      "Keeps the likeliest tokens of this probability. Default 0.95."
    ) { $0.topP = $1 },
    Self.integer(
      "top_k",
      .integer(0 ... Int(Int32.max)),
      "Keeps so many of the likeliest tokens; 0 is all. Default 40."
    ) { $0.topK = $1 },
    Self.number(
      "min_p",
      .number(0 ... 1),
      "Drops tokens less likely than so much of the likeliest. Default 0.05."
    ) { $0.minP = $1 },
    Self.number("repeat_penalty", .number(), "Divides the logits of repeated tokens. Default 1.") {
      $0.repeatPenalty = $1
    },
    Self.number("repetition_penalty", .number(), "As `repeat_penalty`.") { $0.repeatPenalty = $1 },
    Self.integer(
      "repeat_last_n",
      .integer(-1 ... Int(Int32.max)),
      "How many tokens penalties look at. Default 64."
    ) { $0.repeatLastN = $1 },
    Self.number("presence_penalty", .number(-2 ... 2), "Default 0.") { $0.presencePenalty = $1 },
    Self.number("frequency_penalty", .number(-2 ... 2), "Default 0.") { $0.frequencyPenalty = $1 },
    Field(
      "seed",
      .integer(0 ... Int(UInt32.max)),
      "The same seed gives the same text, nearly always."
    ) { request, place throws(HTTPFailure) in
      request.sampling.seed = try place.integer(UInt32.self)
    },
    Field("ignore_eos", .boolean, "The model cannot end its text.") {
      request,
      place throws(HTTPFailure) in
      request.sampling.ignoreEos = try place.bool()
    },
    Self.integer(
      "min_tokens",
      .integer(0 ... Int(Int32.max)),
      "The model cannot end its text in so many tokens."
    ) { $0.minTokens = $1 },
    Field("deterministic", .boolean, "The same seed always gives the same text; slower.") {
      request,
      place throws(HTTPFailure) in
      request.request.deterministic = try place.bool()
    },
    Field("json_schema", .oneOf([.string, .object([])]), "A JSON schema that the text satisfies.") {
      request,
      place throws(HTTPFailure) in
      if case .string(let schema) = place.value {
        request.request.constraint = .jsonSchema(schema.text)
      } else {
        request.request.constraint = .jsonSchema(place.json)
      }
    },
    Field("grammar", .string, "A grammar in llama.cpp's GBNF that the text follows.") {
      request,
      place throws(HTTPFailure) in
      request.request.constraint = .grammar(try place.string())
    },
    Field("session_id", .string, "The conversation that the text belongs to.") {
      request,
      place throws(HTTPFailure) in
      request.request.sessionID = try place.string()
    },
    .refused("n", unless: Self.isOne, "one text is generated"),
    .refused("num_return_sequences", unless: Self.isOne, "one text is generated"),
    .refused("num_beams", unless: Self.isOne, "texts are sampled, not searched"),
  ])

  private static func isOne(_ place: Place) -> Bool { (try? place.integer()) == 1 }

  private static func maxTokens(_ name: Identifier, _ summary: String) -> Field<ArticleRequest> {
    Field(name, .integer(0 ... Int(Int32.max)), summary) { request, place throws(HTTPFailure) in
      request.request.maxTokens = try place.integer()
    }
  }

  private static func number(
    _ name: Identifier,
    _ schema: Schema,
    _ summary: String,
    set: @escaping @Sendable (inout SamplingOptions, Float) -> Void
  ) -> Field<ArticleRequest> {
    Field(name, schema, summary) { request, place throws(HTTPFailure) in
      set(&request.sampling, try place.float())
    }
  }

  private static func integer(
    _ name: Identifier,
    _ schema: Schema,
    _ summary: String,
    set: @escaping @Sendable (inout SamplingOptions, Int32) -> Void
  ) -> Field<ArticleRequest> {
    Field(name, schema, summary) { request, place throws(HTTPFailure) in
      set(&request.sampling, try place.integer())
    }
  }
}

extension Place {
  /// A string, or an array of them.
  fileprivate func stringOrStrings() throws(HTTPFailure) -> [String] {
    guard case .string(let text) = self.value else { return try self.strings() }
    return [text.text]
  }
}
