internal import Concurrency
public import Identifiers

/// A generator that plays back recorded texts at their original pace: for tests of clients that
/// need real answers but no model.
///
/// Only the input of a request selects the answer; the other options are ignored, except a
/// `maxTokens` of 0, which plays no text. If an input has several answers, each request gets the
/// next, and after the last the first.
public final class RecordedGenerator: TextGenerator {
  /// The model, with the name given to `init`.
  public let model: ModelDescription
  private let texts: RecordedTexts
  private let state = Monitor(State())

  private struct State {
    /// The number of requests with each input.
    var requests: [GenerationInput: Int] = [:]
    var waiting: [Playback] = []
    var isShutDown = false

    mutating func takeWaiting() -> [Playback] {
      defer { self.waiting = [] }
      return self.waiting
    }
  }

  /// - Parameters:
  ///   - texts: the answers.
  ///   - model: the name of the generator's one model.
  public init(_ texts: RecordedTexts, model: Identifier) {
    self.texts = texts
    self.model = ModelDescription(
      id: model,
      description: "the answers of a recording",
      parameters: 0,
      sizeBytes: 0,
      contextLength: Int(Int32.max)
    )
  }

  /// Returns the next recorded answer to the request's input.
  public func generate(
    _ request: GenerationRequest
  ) async throws(GenerationError) -> GenerationEvents {
    let answers = try self.answers(to: request.input)
    let count = self.state.withLock { state in
      let count = state.requests[request.input, default: 0]
      state.requests[request.input] = count + 1
      return count
    }
    var text = answers[count % answers.count]
    if request.maxTokens == 0 { text.removeText(of: request.n) }
    if text.events.isEmpty, let error = text.error { throw error }
    let playback = Playback(text)
    try self.state.update { state throws(GenerationError) in
      if state.isShutDown { throw .shutDown }
      state.waiting.append(playback)
    }
    return playback.events()
  }

  /// The number that the recorded server counted.
  public func countTokens(
    _ input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> Int {
    for answer in try self.answers(to: input) {
      if case .started(let started)? = answer.events.first?.event,
        let tokens = started.promptTokens
      {
        return tokens
      }
    }
    throw GenerationError(.unsupported, "The recording does not say how long the prompt is")
  }

  /// Plays the answers until the calling task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let waiting = await self.state.firstUnlessCancelled { state in
          state.waiting.isEmpty ? nil : state.takeWaiting()
        }
        for playback in waiting ?? [] { group.addTask { await playback.run() } }
      }
    }
    let late = self.state.withLock { state in
      state.isShutDown = true
      return state.takeWaiting()
    }
    for playback in late { playback.fail(.shutDown) }
  }

  private func answers(
    to input: GenerationInput
  ) throws(GenerationError) -> [RecordedTexts.Text] {
    if let answers = self.texts.byInput[input] { return answers }
    let known = self.texts.byInput.keys.map { "\"\($0.excerpt)\"" }.sorted()
    let shown = known.prefix(5).joined(separator: ", ") + (known.count > 5 ? ", ..." : "")
    throw GenerationError(
      .invalidRequest,
      "The recording has no answer to this input; it has answers to \(shown)"
    )
  }
}

extension GenerationInput {
  /// The end of the input, in which conversations differ.
  fileprivate var excerpt: String {
    let text =
      switch self {
      case .prompt(let prompt): prompt
      case .conversation(let conversation): conversation.messages.last?.content ?? ""
      case .tokens(let tokens): tokens.map { "\($0)" }.joined(separator: " ")
      }
    return text.count > 40 ? "..." + text.suffix(40) : text
  }
}
