/// Makes deltas from tokens: whole characters, no part of a stop string, and each token with the
/// text that it completes.
public struct DeltaAssembler: Sendable {
  private var characters = TextAssembler()
  private var stops: StopMatcher
  /// How many more tokens to add before stop strings count.
  private var tokensWithoutStop: Int
  /// Tokens whose text is held back.
  private var tokenIDs: [Int32] = []
  private var logprobs: [TokenLogprobs] = []
  /// The stop string that was found; the text ends before it.
  public private(set) var matchedStop: String?

  /// - Parameter minTokens: stop strings that begin in the first `minTokens` tokens do not count.
  public init(stop: [String], minTokens: Int = 0) {
    self.stops = StopMatcher(stop)
    self.tokensWithoutStop = minTokens
  }

  /// Whether the text so far does not end within a character.
  public var isBetweenCharacters: Bool { self.characters.isBetweenCharacters }

  /// Adds a token, and returns the text that it completes; nil when all text is held back.
  public mutating func append(
    _ token: Int32,
    bytes: some BidirectionalCollection<UInt8>,
    logprobs: TokenLogprobs? = nil
  ) -> GenerationDelta? {
    self.tokenIDs.append(token)
    if let logprobs { self.logprobs.append(logprobs) }
    let text = self.characters.append(bytes)
    if self.tokensWithoutStop > 0 {
      self.tokensWithoutStop -= 1
      return self.delta(text: text, isLast: false)
    }
    let output = self.stops.append(text)
    self.matchedStop = output.matched
    return self.delta(text: output.text, isLast: output.matched != nil)
  }

  /// Returns the held text, at the end of a text without a stop string.
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
