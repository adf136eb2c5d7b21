/// Makes deltas of tokens: whole characters, no part of a stop string, and every token with the
/// text that it completes.
public struct DeltaAssembler: Sendable {
  private var characters = TextAssembler()
  private var stops: StopMatcher
  /// Tokens whose text is held back.
  private var tokenIDs: [Int32] = []
  private var logprobs: [TokenLogprobs] = []
  /// The stop string that came up; the text ends before it.
  public private(set) var matchedStop: String?

  public init(stop: [String]) {
    self.stops = StopMatcher(stop)
  }

  /// Adds a token, and returns the text that is ready with it; nil when all of it is held back.
  public mutating func append(
    _ token: Int32,
    bytes: some BidirectionalCollection<UInt8>,
    logprobs: TokenLogprobs? = nil
  ) -> GenerationDelta? {
    self.tokenIDs.append(token)
    if let logprobs { self.logprobs.append(logprobs) }
    let output = self.stops.append(self.characters.append(bytes))
    self.matchedStop = output.matched
    return self.delta(text: output.text, isLast: output.matched != nil)
  }

  /// Returns what was held back, at the end of a text without a stop string.
  public mutating func finish() -> GenerationDelta? {
    if self.matchedStop != nil { return nil }
    let output = self.stops.append(self.characters.finish())
    self.matchedStop = output.matched
    let rest = output.matched == nil ? self.stops.finish() : ""
    return self.delta(text: output.text + rest, isLast: true)
  }

  private mutating func delta(text: String, isLast: Bool) -> GenerationDelta? {
    if text.isEmpty && (!isLast || self.tokenIDs.isEmpty) { return nil }
    defer {
      self.tokenIDs.removeAll()
      self.logprobs.removeAll()
    }
    return GenerationDelta(text: text, tokenIDs: self.tokenIDs, logprobs: self.logprobs)
  }
}
