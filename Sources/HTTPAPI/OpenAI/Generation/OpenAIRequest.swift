internal import HTTPTransport
internal import TokenwireAPI

/// A request of OpenAI's API that generates texts.
protocol OpenAIRequest: Sendable {
  /// What is generated; the same for each prompt.
  var generate: GenerateRequest { get set }
  /// Whether the answer is a stream.
  var stream: StreamOptions { get set }
}

extension OpenAIRequest {
  /// How tokens are chosen.
  var sampling: SamplingOptions {
    get { self.generate.sampling ?? SamplingOptions() }
    set { self.generate.sampling = newValue }
  }

  /// How many texts each prompt gets.
  var n: Int { Int(self.generate.n ?? 1) }

  /// Constrains the text.
  ///
  /// - Parameter place: has what it must match.
  mutating func constrain(
    _ constraint: GenerateRequest.Constraint,
    _ place: Place
  ) throws(HTTPFailure) {
    if self.generate.constraint != nil {
      throw place.wrong("is beside another format of the text: ask for one of them")
    }
    self.generate.constraint = constraint
  }
}

extension GenerateRequest {
  /// More tokens than a context has: prompt and text may fill it.
  static let untilContextIsFull = Int32.max
}

/// Whether and how an answer is a stream.
struct StreamOptions: Sendable {
  var isStream = false
  /// Whether the last chunk tells the tokens.
  var includesUsage = false
  /// Whether all chunks do.
  var isUsageContinuous = false
}
