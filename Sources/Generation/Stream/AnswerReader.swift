/// Reads the answer from a text as the model writes it: what it thinks, what it says, and its calls
/// of tools.
public protocol AnswerReader {
  /// Takes the next piece of the text.
  ///
  /// - Returns: what it says of the answer; nil when that is not clear yet.
  mutating func read(_ delta: GenerationDelta) throws(GenerationError) -> GenerationDelta?

  /// Takes the end of the text.
  ///
  /// - Returns: the rest of the answer, and the end as the caller is to see it.
  mutating func end(
    _ finished: GenerationFinished
  ) throws(GenerationError) -> (rest: GenerationDelta?, finished: GenerationFinished)
}

/// Reads the answers of all texts of a generation.
struct AnswerReading {
  private let newReader: @Sendable () -> any AnswerReader
  private var readers: [Int: any AnswerReader] = [:]

  init(_ newReader: @escaping @Sendable () -> any AnswerReader) {
    self.newReader = newReader
  }

  mutating func read(_ events: inout [GenerationEvent]) throws(GenerationError) {
    var answers: [GenerationEvent] = []
    for event in events {
      switch event {
      case .started, .progress, .promptLogprobs: answers.append(event)
      case .delta(let delta):
        if let answer = try self.readers[delta.index, default: self.newReader()].read(delta) {
          answers.append(.delta(answer))
        }
      case .finished(let finished):
        let (rest, end) = try self.readers[finished.index, default: self.newReader()].end(finished)
        if let rest { answers.append(.delta(rest)) }
        answers.append(.finished(end))
      }
    }
    events = answers
  }
}
