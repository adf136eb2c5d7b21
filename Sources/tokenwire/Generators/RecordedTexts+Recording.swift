import Generation
import Identifiers
import Recording
import TokenwireAPI
import TokenwireServer

extension RecordedTexts {
  /// Reads the answers of a recorded server.
  ///
  /// - Throws: `RecordingError` when the file cannot be read, `ConfigurationError` when it has no
  ///   texts.
  init(path: String) throws {
    self.init()
    let recording = try Recording(path: path)
    for call in recording.generateCalls {
      guard let input = try? GenerationInput(call.request.input) else { continue }
      let text = Text(call)
      // Errors before the text are not the generator's, except those about the input.
      guard !text.events.isEmpty || text.error?.code == .invalidRequest else { continue }
      if case .started(let started)? = text.events.first?.event,
        !self.models.contains(started.model)
      {
        self.models.append(started.model)
      }
      self.byInput[input, default: []].append(text)
    }
    guard !self.byInput.isEmpty else {
      throw ConfigurationError("The recording \(path) has no answers of Generate")
    }
    // All answers in the recording are refusals.
    if self.models.isEmpty { self.models = ["recorded"] }
  }
}

extension RecordedTexts.Text {
  fileprivate init(_ call: RecordedGenerateCall) {
    self.init(
      events: call.responses.compactMap { time, response in
        GenerationEvent(response).map { .init(time: time, event: $0) }
      }
    )
    let ends = self.events.count { if case .finished = $0.event { true } else { false } }
    if let error = call.error {
      self.error = GenerationError(error)
    } else if ends < max(1, call.request.n ?? 1) {
      self.error = GenerationError(.unavailable, "The recording of this text ends here")
    }
  }
}
