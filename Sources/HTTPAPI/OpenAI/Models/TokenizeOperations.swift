internal import HTTPTransport
internal import Identifiers
internal import NIOCore
internal import NIOHTTP1
internal import TokenwireAPI

extension HTTPAPI {
  /// `POST /tokenize`.
  var tokenize: Operation {
    Operation(
      Route(.POST, "/tokenize") { request throws(HTTPFailure) in
        let tokenize = try TokenizeRequest(Place(request.body))
        let call = self.call(
          TokenwireMethod.countTokens,
          tokenize.count,
          for: request,
          accessToken: self.openAIAccessToken(request)
        )
        return .calls([call], Tokens())
      },
      "The tokens of a text or a conversation, as in vLLM.",
      form: TokenizeRequest.form,
      response: ResponseDescription(
        schema: .object(
          [
            ("count", .integer()), ("max_model_len", .integer()), ("tokens", .array(.integer())),
            ("token_strs", .anything),
          ],
          required: ["count", "max_model_len", "tokens"]
        )
      )
    )
  }

  /// `POST /detokenize`.
  var detokenize: Operation {
    Operation(
      Route(.POST, "/detokenize") { request throws(HTTPFailure) in
        let detokenize = try DetokenizeRequest.form.read(
          Place(request.body),
          as: DetokenizeRequest()
        )
        let call = self.call(
          TokenwireMethod.detokenize,
          detokenize,
          for: request,
          accessToken: self.openAIAccessToken(request)
        )
        return .calls([call], TextOfTokens())
      },
      "The text of tokens, as in vLLM.",
      form: DetokenizeRequest.form,
      response: ResponseDescription(schema: .object([("prompt", .string)], required: ["prompt"]))
    )
  }
}

/// A request of `POST /tokenize`.
struct TokenizeRequest: ConversationRequest {
  var count = CountTokensRequest(returnTokens: true)
  var chat = ChatMessages()

  init(_ body: Place) throws(HTTPFailure) {
    try Self.form.read(body, into: &self)
    if !self.chat.messages.isEmpty {
      guard self.count.input == nil else {
        throw .invalid("prompt and messages are both there: send one", parameter: "messages")
      }
      self.count.input = .messages(self.chat)
    }
    if self.count.input == nil { throw .invalid("prompt is required", parameter: "prompt") }
  }

  static let form = ObjectForm<TokenizeRequest>(
    [
      Field("model", .string, "A model of the server. Default: the server's first.") {
        request,
        place throws(HTTPFailure) in
        request.count.model = try place.string()
      },
      Field("prompt", .string, "A text, taken as it is.") { request, place throws(HTTPFailure) in
        request.count.input = .prompt(try place.string())
      }, .messages("A conversation, instead of `prompt`."), .tools, .toolChoice, .parallelToolCalls,
    ] + Field.reasoningFields + [
      Field(
        "return_tokens",
        .boolean,
        "With false, `tokens` is empty beside their number, which models without a vocabulary tell, too. "
          + "Default true."
      ) { request, place throws(HTTPFailure) in
        request.count.returnTokens = try place.bool()
      }, .ignored("add_special_tokens", "The tokens are those that a generation would read."),
      .ignored("add_generation_prompt", "The tokens are those that a generation would read."),
      .refused("return_token_strs", unless: \.isFalse, "ask /detokenize"),
    ]
  )
}

extension DetokenizeRequest {
  /// A request of `POST /detokenize`.
  static let form = ObjectForm<DetokenizeRequest>(
    [
      Field("model", .string, "A model of the server. Default: the server's first.") {
        request,
        place throws(HTTPFailure) in
        request.model = try place.string()
      },
      Field("tokens", .array(.integer()), "Token ids; at most 262144.") {
        request,
        place throws(HTTPFailure) in
        request.tokenIDs = try TokenIDs(place).ids
      },
    ],
    required: ["tokens"]
  )
}

private struct Tokens: AnswerWriter {
  private var tokens = CountTokensResponse()

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    self.tokens = try CountTokensResponse(response: message)
  }

  func finish(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"count":"#)
    body.writeJSON(self.tokens.tokens)
    body.writeStaticString(#","max_model_len":"#)
    body.writeJSON(self.tokens.contextLength)
    body.writeStaticString(#","tokens":["#)
    body.writeJSON(elements: self.tokens.tokenIDs) { $1.writeJSON($0) }
    body.writeStaticString(#"],"token_strs":null}"#)
  }
}

private struct TextOfTokens: AnswerWriter {
  private var text = ""

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    self.text = try DetokenizeResponse(response: message).text
  }

  func finish(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"prompt":"#)
    body.writeJSON(self.text)
    body.writeStaticString("}")
  }
}
