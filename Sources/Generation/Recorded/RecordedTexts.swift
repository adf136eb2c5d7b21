public import Identifiers

/// Texts that were generated before, by their inputs.
public struct RecordedTexts: Sendable {
  /// The names of the models that generated them.
  public var models: [Identifier]
  /// The answers to each input, at least one, in their order.
  public var byInput: [GenerationInput: [Text]]

  /// Creates a set of recorded texts.
  public init(models: [Identifier] = [], byInput: [GenerationInput: [Text]] = [:]) {
    self.models = models
    self.byInput = byInput
  }

  /// One answer: its events and their times.
  public struct Text: Sendable {
    /// The events of the answer, in order.
    public var events: [Event]
    /// The error that ended it, if one did.
    public var error: GenerationError?

    /// Creates an answer.
    public init(events: [Event] = [], error: GenerationError? = nil) {
      self.events = events
      self.error = error
    }
  }

  /// A recorded event.
  public struct Event: Sendable {
    /// The time since the request.
    public var time: Duration
    /// What the generation reported.
    public var event: GenerationEvent

    /// Creates an event at a time after the request.
    public init(time: Duration, event: GenerationEvent) {
      self.time = time
      self.event = event
    }
  }
}

extension RecordedTexts.Text {
  /// Leaves what was reported before the first token, and ends each of `count` texts there.
  mutating func removeText(of count: Int) {
    self.events = Array(
      self.events.prefix { recorded in
        switch recorded.event {
        case .started, .progress, .promptLogprobs: true
        case .delta, .finished: false
        }
      }
    )
    guard let last = self.events.last, case .started(let started)? = self.events.first?.event else {
      return
    }
    self.error = nil
    let usage = TokenUsage(
      promptTokens: started.promptTokens ?? 0,
      completionTokens: 0,
      cachedTokens: started.cachedTokens
    )
    let timings = GenerationTimings(
      queue: started.queueTime,
      prompt: last.time - started.queueTime,
      completion: .zero
    )
    for index in 0 ..< count {
      let finished = GenerationFinished(
        index: index,
        reason: .length,
        usage: usage,
        timings: timings
      )
      self.events.append(.init(time: last.time, event: .finished(finished)))
    }
  }
}
