public import Generation
internal import Identifiers
internal import JSON

extension UpstreamGenerator {
  /// Asks a server how many tokens the input of a text has.
  ///
  /// - Throws: `unsupported` when the servers do not tell it; what else `generate` throws, and the failures
  ///   of the servers.
  public func countTokens(
    _ input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> Int {
    if case .tokens(let tokens) = input { return tokens.count }
    return try await self.tokens(of: input, .count, for: requester) {
      form,
      body,
      request throws(UpstreamFailure) in
      try ToldTokens(body).count(form, request)
    }
  }

  /// Asks a server for the tokens of the input of a text.
  ///
  /// - Throws: as `countTokens`.
  public func tokens(
    of input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> [Int32] {
    if case .tokens(let tokens) = input {
      _ = try self.upstream.form(for: .list)
      return tokens
    }
    return try await self.tokens(of: input, .list, for: requester) {
      form,
      body,
      _ throws(UpstreamFailure) in
      try ToldTokens(body).list(form)
    }
  }

  /// Asks a server for the text of tokens.
  ///
  /// - Throws: as `countTokens`; `invalidRequest` for what is no token of any model.
  public func text(
    of tokens: [Int32],
    requester: Requester
  ) async throws(GenerationError) -> String {
    let model = self.upstream
    let form = try model.form(for: .text)
    if let token = tokens.first(where: { $0 < 0 }) {
      throw GenerationError(.invalidRequest, "token_ids has \(token), but tokens are 0 or more")
    }
    if tokens.isEmpty { return "" }
    let request = UpstreamRequest(textOf: tokens, form, of: model)
    return try await self.ask(GenerationRequest(input: .tokens(tokens), requester: requester)) {
      server throws(UpstreamFailure) in
      let body = try await server.told(request, for: .text)
      return switch form {
      case .sglang: try toldText("text", in: body)
      case .llamaServer: try toldText("content", in: body)
      case .vllm, .tokenwire, .anthropic: try toldText("prompt", in: body)
      }
    }
  }

  /// - Parameter read: reads the answer to a request.
  private func tokens<Answer: Sendable>(
    of input: GenerationInput,
    _ task: TokenTask,
    for requester: Requester,
    _ read:
      @escaping @Sendable (TokenForm, [UInt8], UpstreamRequest) throws(UpstreamFailure) -> Answer
  ) async throws(GenerationError) -> Answer {
    let model = self.upstream
    let form = try model.form(for: task)
    let text = GenerationRequest(input: input, requester: requester)
    // What a text would be refused for is not counted either.
    try text.check(for: model)
    let question = try TokenQuestion(input, task, form, of: model, self.lessons.quirks)
    return try await self.ask(text) { server throws(UpstreamFailure) in
      let request =
        switch question {
        case .one(let request): request
        case .templateFirst(let request):
          UpstreamRequest(
            tokenizingContent: try toldText(
              "prompt",
              in: try await server.told(request, for: task)
            ),
            of: model
          )
        }
      return try read(form, try await server.told(request, for: task), request)
    }
  }
}
