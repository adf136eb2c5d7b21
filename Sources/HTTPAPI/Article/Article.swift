internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1
internal import RPC
internal import TokenwireAPI

/// The article's API.
enum Article {
  static let group = OperationGroup(
    name: "Article",
    prefix: "",
    errors: ArticleErrors(),
    operations: [
      Self.text(
        "/generate",
        "Generates a text, for everybody.",
        TokenwireMethod.generate,
        tellsUser: false
      ),
      Self.text(
        "/secure-generate",
        "Generates a text for the user of the access token, which is `Authorization: <token>`, with or without `Bearer`.",
        TokenwireMethod.secureGenerate,
        tellsUser: true
      ),
      Operation(
        Route(.POST, "/log-request") { request throws(HTTPFailure) in
          let call = CallRequest(
            calling: TokenwireMethod.logRequest,
            try ArticleLog.entry(in: request),
            metadata: Self.metadata(of: request)
          )
          return .calls([call], ArticleLogAnswer())
        },
        "Stores a prompt and its response for the user of the access token.",
        form: ArticleLog.form,
        response: ResponseDescription(
          schema: .object(
            [("message", .string), ("id", .string), ("timestamp", .string)],
            required: ["message", "id", "timestamp"]
          )
        )
      ),
    ]
  )

  private static func text(
    _ path: String,
    _ summary: String,
    _ method: MethodDescriptor,
    tellsUser: Bool
  ) -> Operation {
    let user: [(name: String, schema: Schema)] = tellsUser ? [("user_id", .string)] : []
    let members: [(name: String, schema: Schema)] = [("generated_text", .string)] + user
    return Operation(
      Route(.POST, path) { request throws(HTTPFailure) in
        let call = CallRequest(
          calling: method,
          try ArticleRequest(request).message,
          metadata: Self.metadata(of: request)
        )
        return request.accepts(ServerSentEvents.mediaType)
          ? .calls([call], ArticleTextStream(tellsUser: tellsUser))
          : .calls([call], ArticleTextAnswer(tellsUser: tellsUser))
      },
      summary,
      form: ArticleRequest.form,
      response: ResponseDescription(
        schema: .object(members, required: members.map(\.name)),
        streams: [ServerSentEvents.mediaType]
      )
    )
  }

  /// With what is sent as `Authorization`, which has the access token with or without its scheme; or
  /// with the access token in `x-api-key`.
  private static func metadata(of request: HTTPRequest) -> Metadata {
    var metadata = request.metadata(accessToken: request.tokenInKey)
    guard let sent = request.authorization else { return metadata }
    let scheme = String(decoding: sent.utf8.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    let isComplete = sent.isEmpty || Identifier(scheme).lowercasedASCII == "bearer"
    metadata["authorization"] = isComplete ? sent : "Bearer \(sent)"
    return metadata
  }
}
