public import Identifiers

/// Texts that were generated before, by what they were asked for with.
public struct RecordedTexts: Sendable {
  /// The names of the models that have said them.
  public var models: [Identifier]
  /// The answers to each input, at least one, in the order in which they were given.
  public var byInput: [GenerationInput: [Text]]

  public init(models: [Identifier] = [], byInput: [GenerationInput: [Text]] = [:]) {
    self.models = models
    self.byInput = byInput
  }

  /// One answer: what was said, and when.
  public struct Text: Sendable {
    public var events: [Event]
    /// What ended it, when that was an error.
    public var error: GenerationError?

    public init(events: [Event] = [], error: GenerationError? = nil) {
      self.events = events
      self.error = error
    }
  }

  /// Something that was said.
  public struct Event: Sendable {
    /// Since the request.
    public var time: Duration
    public var event: GenerationEvent

    public init(time: Duration, event: GenerationEvent) {
      self.time = time
      self.event = event
    }
  }
}
