internal import Generation

/// A request whose input is tokens, and the way back to its caller.
struct LlamaRequest: Sendable {
  var request: GenerationRequest
  var prompt: [Int32]
  var constraint: ConstraintGrammar?
  /// What `echo` shows.
  var promptText: String
  var seed: UInt32
  var buffer: EventBuffer
  var arrival: ContinuousClock.Instant

  var requester: Requester { self.request.requester }
}
