import Identifiers
import TokenwireAPI

/// What is generated from, or counted: text, a conversation, or tokens.
enum Input: Decodable {
  case prompt(String)
  case messages([ConversationTurn])
  case tokens([Int32])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let prompt = try? container.decode(String.self) {
      self = .prompt(prompt)
    } else if let tokens = try? container.decode([Int32].self) {
      self = .tokens(tokens)
    } else {
      self = .messages(try container.decode([ConversationTurn].self))
    }
  }

  fileprivate func toContinue(_ options: Options?) -> GenerateRequest.Input {
    switch self {
    case .prompt(let prompt): .prompt(prompt)
    case .messages(let messages): .messages(ChatMessages(messages, options))
    case .tokens(let tokens): .promptTokenIDs(TokenIDs(ids: tokens))
    }
  }

  var toCount: CountTokensRequest.Input {
    switch self {
    case .prompt(let prompt): .prompt(prompt)
    case .messages(let messages): .messages(ChatMessages(messages, nil))
    case .tokens(let tokens): .promptTokenIDs(TokenIDs(ids: tokens))
    }
  }
}

/// What is added to the logit of a token.
struct Bias: Decodable {
  var tokenId: Int32
  var bias: Float
}

/// The options of all calls, by the names of the API's fields.
struct Options: Decodable {
  var model: String?
  var maxTokens: Int32?
  var stop: [String]?
  var echo: Bool?
  var temperature: Float?
  var topK: Int32?
  var topP: Float?
  var minP: Float?
  var repeatPenalty: Float?
  var repeatLastN: Int32?
  var presencePenalty: Float?
  var frequencyPenalty: Float?
  var seed: UInt32?
  var logitBias: [Bias]?
  var ignoreEos: Bool?
  var minTokens: Int32?
  var n: Int32?
  var jsonSchema: String?
  var grammar: String?
  var generationId: String?
  var metadata: [String: String]?
  var idempotencyKey: String?
  var sessionId: String?
  var promptLogprobs: Int32?
  var reportProgress: Bool?
  var tools: [ToolOption]?
  var toolChoice: ToolChoiceOption?
  var parallelToolCalls: Bool?
  var reasoning: String?
  var reasoningMaxTokens: Int32?
  var userId: String?
  var search: String?
  var limit: Int64?
  var afterId: String?
  var order: String?

  fileprivate var sampling: SamplingOptions {
    SamplingOptions(
      temperature: self.temperature,
      topK: self.topK,
      topP: self.topP,
      minP: self.minP,
      repeatPenalty: self.repeatPenalty,
      repeatLastN: self.repeatLastN,
      presencePenalty: self.presencePenalty,
      frequencyPenalty: self.frequencyPenalty,
      seed: self.seed,
      logitBias: self.logitBias?.map { LogitBias(tokenID: $0.tokenId, bias: $0.bias) } ?? [],
      ignoreEos: self.ignoreEos ?? false,
      minTokens: self.minTokens ?? 0
    )
  }

  fileprivate var constraint: GenerateRequest.Constraint? {
    if let jsonSchema { return .jsonSchema(jsonSchema) }
    return self.grammar.map { .grammar($0) }
  }
}

extension Call {
  var generateRequest: GenerateRequest {
    GenerateRequest(
      model: self.options?.model ?? "",
      input: self.input?.toContinue(self.options),
      sampling: self.options?.sampling,
      maxTokens: self.options?.maxTokens,
      stop: self.options?.stop ?? [],
      echo: self.options?.echo ?? false,
      constraint: self.options?.constraint,
      n: self.options?.n,
      promptLogprobs: self.options?.promptLogprobs,
      reportProgress: self.options?.reportProgress ?? false,
      sessionID: self.options?.sessionId ?? "",
      idempotencyKey: self.options?.idempotencyKey ?? ""
    )
  }

  var logRequest: LogRequestRequest {
    LogRequestRequest(
      prompt: self.prompt ?? "",
      response: self.response ?? "",
      model: self.options?.model ?? "",
      generationID: self.options?.generationId ?? "",
      metadata: TextMap((self.options?.metadata ?? [:]).map { (key: $0.key, value: $0.value) }),
      idempotencyKey: self.options?.idempotencyKey ?? "",
      sessionID: self.options?.sessionId ?? ""
    )
  }

  var queryRequest: QueryLogsRequest {
    QueryLogsRequest(
      userID: self.options?.userId ?? "",
      model: self.options?.model ?? "",
      search: self.options?.search ?? "",
      limit: self.options?.limit ?? 0,
      afterID: self.options?.afterId ?? "",
      order: self.options?.order == "OLDEST_FIRST" ? .oldestFirst : .unspecified,
      sessionID: self.options?.sessionId ?? ""
    )
  }
}
