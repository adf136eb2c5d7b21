internal import Generation
internal import Identifiers

/// The answer of a server, from its bytes to the events of a generation.
struct UpstreamAnswer {
  /// Servers name the wrong type: what the answer begins with tells.
  private enum Form {
    /// Nothing but white space has come.
    case unknown
    case events
    /// That of a server that does not stream.
    case whole
  }

  private var form = Form.unknown
  /// What has come of a whole answer.
  private var body: [UInt8] = []
  private var parser = EventStreamParser()
  private var reader: any AnswerEvents
  private var assembly: AnswerAssembly

  /// - Parameters:
  ///   - replica: the server's name.
  ///   - memory: gets what the model thinks before calls of tools.
  ///   - requestSize: how many bytes the server is sent.
  ///   - arrival: when the request came.
  init(
    to request: GenerationRequest,
    of model: UpstreamModel,
    from replica: Identifier,
    _ memory: ThoughtMemory,
    requestSize: Int,
    arrival: ContinuousClock.Instant
  ) {
    switch model.kind {
    case .anthropic:
      self.reader = AnthropicEvents(key: model.key, to: request, memory)
    default:
      let takesUnknownReasons = model.kind == .compatible
      self.reader = OpenAIEvents(key: model.key, takesUnknownReasons: takesUnknownReasons)
    }
    self.assembly = AnswerAssembly(
      request,
      of: model,
      from: replica,
      requestSize: requestSize,
      arrival: arrival
    )
  }

  /// How the text begins, as far as is known.
  var start: GenerationStarted { self.assembly.start }

  /// Whether the answer has said that it has ended. What follows is not read.
  var isDone: Bool { self.assembly.isDone }

  /// Whether all texts have ended.
  var hasEnded: Bool { self.assembly.hasEnded }

  /// Whether all texts have ended, and their tokens are told: nothing of it is missing.
  var isComplete: Bool { self.assembly.isComplete }

  /// Reads the next bytes.
  ///
  /// - Parameter news: gets what they mean for the caller, also when an error follows.
  mutating func read(
    _ bytes: [UInt8],
    into news: inout [GenerationEvent]
  ) throws(UpstreamFailure) {
    var bytes = bytes[...]
    if self.form == .unknown {
      // With the mark of UTF-8, which neither form needs.
      bytes = bytes.drop { $0.isWhiteSpaceOfJSON || [0xEF, 0xBB, 0xBF].contains($0) }
      guard let first = bytes.first else { return }
      self.form = first == UInt8(ascii: "{") ? .whole : .events
    }
    if self.form == .whole {
      self.body += bytes
      let limit = EventStreamParser.maximumSize
      if self.body.count > limit { throw .tooLarge("a body", limit) }
      return
    }
    var events: [ServerSentEvent] = []
    try self.parser.read(Array(bytes), into: &events)
    try self.take(events, into: &news)
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
    if self.form == .whole { try self.take([ServerSentEvent(data: self.body)], into: &news) }
    try self.assembly.finish(into: &news)
  }
}
