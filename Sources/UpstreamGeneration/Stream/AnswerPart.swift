internal import Generation
internal import Identifiers
internal import JSON

extension JSONLimits {
  /// For the answers of servers.
  static let answer = JSONLimits(depth: 64, members: 4096, takesMistakes: true)
}

/// What an event of an answer says.
enum AnswerPart: Hashable {
  /// The model that the server uses.
  case model(Identifier)
  /// The next piece of a text.
  case piece(AnswerPiece)
  /// Why a text ended.
  case end(index: Int, reason: FinishReason?, matchedStop: Identifier?)
  /// The tokens so far.
  case usage(ReportedUsage)
  /// The answer has ended.
  case done
}

/// The next piece of a text.
struct AnswerPiece: Hashable {
  /// Of several texts, which; from 0.
  var index = 0
  @Bytewise var text: String = ""
  @Bytewise var reasoning: String = ""
  var calls: [CallPiece] = []
  var logprobs: [TokenLogprobs] = []
  /// Whether the same event tells the tokens so far.
  var isCounted = false
}

/// The next piece of a call of a tool, as the server gives it.
struct CallPiece: Hashable {
  /// Which of the text's calls; nil when the server does not say.
  var index: Int?
  var id: Identifier = ""
  var name: Identifier = ""
  @Bytewise var arguments: String = ""
}

/// The tokens of an answer as the server counts them; nil is what it does not say.
struct ReportedUsage: Hashable {
  var promptTokens: Int?
  var completionTokens: Int?
  var cachedTokens: Int?
  var reasoningTokens: Int?

  /// Takes what a later report says.
  mutating func update(_ later: ReportedUsage) {
    self.promptTokens.update(later.promptTokens)
    self.completionTokens.update(later.completionTokens)
    self.cachedTokens.update(later.cachedTokens)
    self.reasoningTokens.update(later.reasoningTokens)
  }

  /// Whether it tells of tokens of the text.
  var countsText: Bool { (self.completionTokens ?? 0) > 0 }
}

extension Int? {
  /// Takes what a later report says. Counts do not shrink: a zero after tokens says nothing.
  mutating func update(_ later: Int?) {
    guard let later, later > 0 || self == nil else { return }
    self = later
  }
}

/// Reads the events of an answer, in the form of one API.
protocol AnswerEvents: Sendable {
  /// - Throws: the failure that the event reports, or that it is.
  mutating func read(
    _ event: ServerSentEvent,
    into parts: inout [AnswerPart]
  ) throws(UpstreamFailure)
}
