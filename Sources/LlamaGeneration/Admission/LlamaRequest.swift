internal import Generation
internal import Synchronization

/// A request for one text, with its input as tokens and its caller's event stream.
struct LlamaRequest: Sendable {
  var request: GenerationRequest
  var prompt: [Int32]
  var constraint: ConstraintGrammar?
  /// The text that `echo` sends first.
  var promptText: String
  var seed: UInt32
  var buffer: EventBuffer
  var arrival: ContinuousClock.Instant
  /// The index among several texts of one caller; from 0.
  var index = 0
  var unfinished = UnfinishedTexts(1)

  var requester: Requester { self.request.requester }
}

/// The unfinished texts of one caller.
final class UnfinishedTexts: Sendable {
  private let count: Atomic<Int>

  init(_ count: Int) {
    self.count = Atomic(count)
  }

  /// Counts the end of a text.
  ///
  /// - Returns: whether it was the last one.
  func end() -> Bool {
    self.count.subtract(1, ordering: .relaxed).newValue == 0
  }
}
