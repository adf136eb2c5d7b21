import Identifiers
import RPC
import TokenwireAPI

/// What came of a call.
struct Outcome: Encodable {
  var status = "OK"
  var message = ""
  var retryAfter: Double?
  var responses: [Response] = []

  init() {}

  init(_ error: CallError) {
    self.fail(error)
  }

  mutating func fail(_ error: CallError) {
    self.status = error.code.description
    self.message = error.message
    self.retryAfter = error.retryAfter.map { $0 / .seconds(1) }
  }
}

/// A response of any method: the fields of its message that cases look at.
struct Response: Encodable {
  var text: String?
  var seq: UInt64?
  var completionTokens: Int32?
  var started: StartedEvent?
  var delta: DeltaEvent?
  var finished: FinishedEvent?
  var id: String?
  var message: String?
  var durability: String?
  var userId: String?
  var prompt: String?
  var response: String?
  var model: String?
  var generationId: String?
  var sessionId: String?
  var metadata: [String: String]?
  var isDefault: Bool?
  var contextLength: Int32?
  var tokens: Int32?
  var entries: Int64?
  var bytes: Int64?
  var status: String?

  struct StartedEvent: Encodable {
    var generationId: String
    var model: String
    var seed: UInt32
    var promptTokens: Int32
    var userId: String
  }

  struct DeltaEvent: Encodable {
    var text: String
    var index: Int32
    var reasoningText: String
    var toolCalls: [CallPiece]
  }

  struct CallPiece: Encodable {
    var index: Int32
    var id: String
    var name: String
    var arguments: String
  }

  struct FinishedEvent: Encodable {
    var finishReason: String
    var matchedStop: String
    var incomplete: Bool
    var index: Int32
    var usage: UsageOfTokens
  }

  struct UsageOfTokens: Encodable {
    var completionTokens: Int32
    var reasoningTokens: Int32
  }
}

extension Response {
  init(_ response: GenerateResponse) {
    self.init(seq: response.seq, completionTokens: response.completionTokens)
    switch response.event {
    case .started(let started):
      self.started = StartedEvent(
        generationId: started.generationID,
        model: started.model,
        seed: started.seed,
        promptTokens: started.promptTokens,
        userId: started.userID
      )
    case .delta(let delta):
      self.delta = DeltaEvent(
        text: delta.text,
        index: delta.index,
        reasoningText: delta.reasoningText,
        toolCalls: delta.toolCalls.map {
          CallPiece(index: $0.index, id: $0.id, name: $0.name, arguments: $0.arguments)
        }
      )
    case .finished(let finished):
      self.finished = FinishedEvent(
        finishReason: finished.finishReason.name,
        matchedStop: finished.matchedStop,
        incomplete: finished.incomplete,
        index: finished.index,
        usage: UsageOfTokens(
          completionTokens: finished.usage?.completionTokens ?? 0,
          reasoningTokens: finished.usage?.reasoningTokens ?? 0
        )
      )
    case .progress, .promptLogprobs, nil:
      break
    }
  }

  init(_ answer: LogRequestResponse) {
    self.init(
      id: answer.id,
      message: answer.message,
      durability: answer.durability == .synced ? "SYNCED" : "UNSPECIFIED"
    )
  }

  init(_ entry: LogEntry) {
    self.init(
      seq: entry.seq,
      id: entry.id,
      userId: entry.userID,
      prompt: entry.prompt,
      response: entry.response,
      model: entry.model,
      generationId: entry.generationID,
      sessionId: entry.sessionID,
      metadata: entry.metadata.reduce(into: [:]) { $0[$1.key] = $1.value }
    )
  }

  init(_ answer: EraseLogsResponse) {
    self.init(entries: answer.entries, bytes: answer.bytes)
  }

  init(_ model: Model) {
    self.init(id: model.id, isDefault: model.isDefault, contextLength: model.contextLength)
  }

  init(_ count: CountTokensResponse) {
    self.init(contextLength: count.contextLength, tokens: count.tokens)
  }

  init(_ health: HealthCheckResponse) {
    self.init(status: health.status == .serving ? "SERVING" : "NOT_SERVING")
  }
}

extension FinishReason {
  fileprivate var name: String {
    switch self {
    case .stop: "STOP"
    case .stopSequence: "STOP_SEQUENCE"
    case .length: "LENGTH"
    case .contextLength: "CONTEXT_LENGTH"
    case .cancelled: "CANCELLED"
    case .deadline: "DEADLINE"
    case .error: "ERROR"
    case .toolCalls: "TOOL_CALLS"
    default: "UNSPECIFIED"
    }
  }
}
