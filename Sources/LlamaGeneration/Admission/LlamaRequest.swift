internal import Generation
internal import Synchronization

/// A request for one text, whose input is tokens, and the way back to its caller.
struct LlamaRequest: Sendable {
  var request: GenerationRequest
  var prompt: [Int32]
  var constraint: ConstraintGrammar?
  /// What `echo` shows.
  var promptText: String
  var seed: UInt32
  var buffer: EventBuffer
  var arrival: ContinuousClock.Instant
  /// Of several texts for one caller, which; from 0.
  var index = 0
  var unfinished = UnfinishedTexts(1)

  var requester: Requester { self.request.requester }
}

/// The texts of one caller that have not come to their end.
final class UnfinishedTexts: Sendable {
  private let count: Atomic<Int>

  init(_ count: Int) {
    self.count = Atomic(count)
  }

  /// Takes note of a text's end.
  ///
  /// - Returns: whether it was the last one.
  func end() -> Bool {
    self.count.subtract(1, ordering: .relaxed).newValue == 0
  }
}
