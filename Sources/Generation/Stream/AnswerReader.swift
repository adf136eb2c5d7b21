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
        var reader = self.readers.removeValue(forKey: finished.index) ?? self.newReader()
        let (rest, end) = try reader.end(finished)
        if let rest { answers.append(.delta(rest)) }
        answers.append(.finished(end))
      }
    }
    events = answers
  }

  /// Takes the early end of all texts that have not ended.
  mutating func cut() throws(GenerationError) -> CutAnswers {
    var cut = CutAnswers()
    for index in self.readers.keys.sorted() {
      guard var reader = self.readers.removeValue(forKey: index) else { continue }
      let (rest, finished) = try reader.end(.cancelled(index))
      if let rest { cut.rests.append(rest) }
      if finished.isIncomplete { cut.incomplete.insert(index) }
    }
    return cut
  }
}

/// What is left of answers that were ended early.
public struct CutAnswers: Sendable {
  /// What had come of their texts and was not read as part of the answers yet.
  public var rests: [GenerationDelta] = []
  /// The indexes of the texts that ended within a call of a tool.
  public var incomplete: Set<Int> = []
}

extension GenerationFinished {
  /// The early end of a text whose usage is not known.
  fileprivate static func cancelled(_ index: Int) -> GenerationFinished {
    GenerationFinished(
      index: index,
      reason: .cancelled,
      usage: TokenUsage(promptTokens: 0, completionTokens: 0, cachedTokens: 0),
      timings: GenerationTimings(queue: .zero, prompt: .zero, completion: .zero)
    )
  }
}
