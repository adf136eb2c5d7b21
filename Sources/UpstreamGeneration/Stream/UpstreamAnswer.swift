internal import Generation
internal import Identifiers

/// The answer of a server, from its bytes to the events of a generation.
struct UpstreamAnswer {
  private var parser = EventStreamParser()
  private var reader: any AnswerEvents
  private var assembly: AnswerAssembly

  /// - Parameters:
  ///   - replica: the server's name.
  ///   - memory: gets what the model thinks before calls of tools.
  ///   - arrival: when the request came.
  init(
    to request: GenerationRequest,
    of model: UpstreamModel,
    from replica: Identifier,
    _ memory: ThoughtMemory,
    arrival: ContinuousClock.Instant
  ) {
    switch model.kind {
    case .anthropic:
      self.reader = AnthropicEvents(key: model.key, to: request, memory)
    default: self.reader = OpenAIEvents(key: model.key)
    }
    self.assembly = AnswerAssembly(request, of: model, from: replica, arrival: arrival)
  }

  /// How the text begins, as far as is known.
  var start: GenerationStarted { self.assembly.start }

  /// Whether the answer has said that it has ended. What follows is not read.
  var isDone: Bool { self.assembly.isDone }

  /// Whether nothing of it is missing, although it has not said that it has ended.
  var isComplete: Bool { self.assembly.isComplete }

  /// Reads the next bytes of a stream of events.
  ///
  /// - Parameter news: gets what they mean for the caller, also when an error follows.
  mutating func read(
    _ bytes: [UInt8],
    into news: inout [GenerationEvent]
  ) throws(UpstreamFailure) {
    var events: [ServerSentEvent] = []
    try self.parser.read(bytes, into: &events)
    try self.take(events, into: &news)
  }

  /// Reads the body of a server that does not stream.
  mutating func readWhole(
    _ body: [UInt8],
    into news: inout [GenerationEvent]
  ) throws(UpstreamFailure) {
    try self.take([ServerSentEvent(data: body)], into: &news)
  }

  private mutating func take(
    _ events: [ServerSentEvent],
    into news: inout [GenerationEvent]
  ) throws(UpstreamFailure) {
    var parts: [AnswerPart] = []
    do throws(UpstreamFailure) {
      for event in events where !self.assembly.isDone {
        try self.reader.read(event, into: &parts)
        if parts.last == .done { break }
      }
    } catch {
      try self.assembly.take(parts, into: &news)
      throw error
    }
    try self.assembly.take(parts, into: &news)
  }

  /// Takes the end of the answer.
  ///
  /// - Throws: `cutOff` when a text has not ended.
  mutating func finish(into news: inout [GenerationEvent]) throws(UpstreamFailure) {
    try self.assembly.finish(into: &news)
  }
}
