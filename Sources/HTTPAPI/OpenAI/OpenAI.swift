internal import HTTPTransport
internal import Identifiers
internal import NIOHTTP1

extension HTTPAPI {
  /// OpenAI's API (https://platform.openai.com/docs/api-reference), and what its clients ask vLLM's and
  /// llama.cpp's servers for beside it.
  var openAI: [OperationGroup] {
    [
      Self.openAI(
        "/v1/",
        [
          self.chatCompletions, self.completions, self.responses, self.listOpenAIModels,
          self.openAIModel,
        ]
      ),
      // "/tokenizer_info" begins so, too.
      Self.openAI("/tokenize", [self.tokenize, self.tokenizerInfo]),
      Self.openAI("/detokenize", [self.detokenize]),
      Self.openAI("/health", [self.health]),
    ]
  }

  private static func openAI(_ prefix: String, _ operations: [Operation]) -> OperationGroup {
    OperationGroup(
      name: "OpenAI",
      prefix: prefix,
      errors: OpenAIErrors(),
      operations: operations
    )
  }

  /// The access token of a request, whose `Authorization` is `Bearer <key>`, or a key alone; without,
  /// the one in `x-api-key`.
  func openAIAccessToken(_ request: HTTPRequest) -> String? {
    guard let value = request.authorization else { return request.tokenInKey }
    let scheme = "bearer "
    let isBearer =
      value.utf8.count >= scheme.utf8.count
      && Identifier(String(decoding: value.utf8.prefix(scheme.utf8.count), as: UTF8.self))
        .lowercasedASCII == Identifier(scheme)
    let key = isBearer ? value.utf8.dropFirst(scheme.utf8.count) : value.utf8[...]
    let trimmed = key.drop { $0 == UInt8(ascii: " ") }
    return self.accessToken(trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self))
  }
}
