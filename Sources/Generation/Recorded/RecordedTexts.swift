public import Identifiers

/// Texts that were generated before, by what they were asked for with.
public struct RecordedTexts: Sendable {
  /// The names of the models that have said them.
  public var models: [Identifier]
  /// The answers to each input, at least one, in the order in which they were given.
  public var byInput: [GenerationInput: [Text]]

  /// Creates a set of recorded texts.
  public init(models: [Identifier] = [], byInput: [GenerationInput: [Text]] = [:]) {
    self.models = models
    self.byInput = byInput
  }

  /// One answer: what was said, and when.
  public struct Text: Sendable {
    /// The events of the answer, in order.
    public var events: [Event]
    /// What ended it, when that was an error.
    public var error: GenerationError?

    /// Creates an answer.
    public init(events: [Event] = [], error: GenerationError? = nil) {
      self.events = events
      self.error = error
    }
  }

  /// Something that was said.
  public struct Event: Sendable {
    /// Since the request.
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
