internal import Generation
internal import Synchronization

/// A request for one text, with its input as tokens and its caller's event stream.
struct LlamaRequest: Sendable {
  var request: GenerationRequest
  var prompt: [Int32]
  var constraint: ConstraintGrammar?
  /// What the answer looks like; nil when the text is the answer.
  var form: AnswerForm?
  /// The text that `echo` sends first.
  var promptText: String
  var seed: UInt32
  var buffer: EventBuffer
  var arrival: ContinuousClock.Instant
  /// The index among several texts of one caller; from 0.
  var index = 0
  var unfinished = UnfinishedTexts(1)

  var requester: Requester { self.request.requester }

  /// Whether the caller wants to know of the prompt.
  var reportsPrompt: Bool {
    self.request.promptLogprobs != nil || self.request.reportsProgress
  }

  /// Whether a text of the same caller has to report on the prompt first.
  var waitsForReport: Bool {
    self.index > 0 && self.reportsPrompt && !self.unfinished.promptIsReported
      && self.buffer.demand != .abandoned
  }

  /// Whether the prompt is computed anew, even if it is cached.
  var computesPrompt: Bool {
    self.request.deterministic || self.request.promptLogprobs != nil
  }

  /// Ends all texts of the caller with an error.
  func fail(_ error: GenerationError) {
    self.buffer.finish(throwing: error)
    self.unfinished.reportedPrompt()
  }
}

/// The unfinished texts of one caller.
final class UnfinishedTexts: Sendable {
  private let count: Atomic<Int>
  private let isReported = Atomic(false)

  init(_ count: Int) {
    self.count = Atomic(count)
  }

  /// Counts the end of a text.
  ///
  /// - Returns: whether it was the last one.
  func end() -> Bool {
    self.count.subtract(1, ordering: .relaxed).newValue == 0
  }

  /// Whether the first text has reported all that the caller wants to know of the prompt.
  var promptIsReported: Bool { self.isReported.load(ordering: .relaxed) }

  /// The first text has reported on the prompt, or never will.
  func reportedPrompt() {
    self.isReported.store(true, ordering: .relaxed)
  }
}
