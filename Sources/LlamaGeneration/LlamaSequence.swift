internal import Generation
internal import Identifiers

/// One generation: a text that is being written.
///
/// It belongs to the decode thread.
final class LlamaSequence {
  let request: LlamaRequest
  private var sampler: Sampler
  private var answer: AnswerProgress
  /// The tokens of the prompt and of the text.
  private(set) var tokens: [Int32]
  /// How many of `tokens` are decoded.
  private(set) var position = 0
  /// How many pending tokens are in the batch.
  var share = 0
  /// Has the tokens that may follow the pending one, and are in the batch with it.
  var drafter: Drafter

  private let modelID: Identifier
  private let contextLength: Int
  private var assembler: DeltaAssembler
  private var begin: ContinuousClock.Instant?
  private var firstToken: ContinuousClock.Instant?
  private var cachedTokens = 0
  /// What the caller wants to know of the prompt; nil is nothing.
  private let report: PromptReport?

  init(_ request: LlamaRequest, modelID: Identifier, contextLength: Int) {
    self.request = request
    self.modelID = modelID
    self.contextLength = contextLength
    self.report = PromptReport(request)
    self.tokens = request.prompt
    // So that no step allocates.
    self.tokens.reserveCapacity(
      min(contextLength, request.prompt.count + request.request.maxTokens) + 1
    )
    self.drafter = Drafter(promptLength: request.prompt.count)
    self.answer = AnswerProgress(request)
    self.assembler = DeltaAssembler(
      stop: request.request.stop + (request.form?.stops ?? []),
      minTokens: request.request.sampling.minTokens
    )
    self.sampler = Sampler(
      request.request.sampling,
      seed: request.seed,
      prompt: request.prompt,
      contextLength: contextLength
    )
  }

  /// The decoded part of the text.
  var seenText: SeenText {
    SeenText(
      tokens: Array(self.tokens[..<self.position]),
      requester: self.request.request.requester,
      isOfSession: !self.request.request.sessionID.isEmpty
    )
  }

  /// How many tokens are not decoded: the rest of the prompt, or the token that was chosen last;
  /// none before the next token is chosen.
  var pendingCount: Int { self.tokens.count - self.position }

  /// Whether it is computed alone, and always in the same portions.
  var isDeterministic: Bool { self.request.request.deterministic }

  /// Whether it reports probabilities of its prompt that are not known yet.
  var reportsLogprobs: Bool { self.report?.logprobsAreMissing == true }

  /// How many of its tokens need not be computed when they are cached.
  var reusableCount: Int {
    if self.isDeterministic { return 0 }
    return min(self.tokens.count - 1, self.report?.reusableCount ?? .max)
  }

  /// Whether the logits after a token of the batch are needed.
  func wantsLogits(at position: Int) -> Bool {
    position == self.tokens.count - 1 || self.report?.wantsLogits(at: position) == true
  }

  /// Whether the text must match a constraint.
  var isConstrained: Bool { self.request.constraint != nil }

  /// How many tokens such a step decodes.
  var deterministicShare: Int {
    // After the prompt one by one, even tokens that are computed again.
    let rest = self.request.prompt.count - self.position
    return rest > 0 ? min(rest, 64) : 1
  }

  /// Whether more than the last token is pending.
  var isPrefilling: Bool { self.pendingCount > 1 }

  /// The time since the generation began.
  var age: Duration { self.begin.map { .now - $0 } ?? .zero }

  /// How many tokens the text has.
  var completionTokens: Int { self.tokens.count - self.request.prompt.count }

  /// The generation gets a slot, in which its first `known` tokens are already decoded.
  func takePlace(knowing known: Int) {
    self.position = known
    // A generation that had left its slot has begun before.
    guard self.begin == nil else { return }
    let begin = ContinuousClock.now
    self.begin = begin
    self.cachedTokens = known
    // One event for all texts of the caller, with the first.
    if self.request.index == 0 { self.announce(begin) }
    if self.request.request.echo { self.push(GenerationDelta(text: self.request.promptText)) }
  }

  private func announce(_ begin: ContinuousClock.Instant) {
    self.request.buffer.push(
      .started(
        GenerationStarted(
          model: self.modelID,
          seed: self.request.seed,
          promptTokens: self.request.prompt.count,
          cachedTokens: self.cachedTokens,
          queueTime: begin - self.request.arrival
        )
      )
    )
  }

  private func push(_ delta: GenerationDelta) {
    var delta = delta
    delta.index = self.request.index
    self.request.buffer.push(.delta(delta))
  }

  /// The tokens of the batch were decoded.
  func advance() {
    self.position += self.share
  }

  /// Tells the caller what is known of the prompt now.
  ///
  /// - Parameter logits: those after the token at a position for which `wantsLogits`.
  func reportPrompt(
    _ model: LlamaModel,
    logits: (_ position: Int) -> UnsafeMutableBufferPointer<Float>
  ) {
    self.report?.advance(
      to: self.position,
      cachedTokens: self.cachedTokens,
      model,
      logits: logits
    )
  }

  // MARK: Drafts

  /// The most tokens that may be drafted: one token follows without a draft.
  var draftLimit: Int {
    min(
      self.contextLength - self.tokens.count,
      self.request.request.maxTokens - self.completionTokens - 1
    )
  }

  /// How likely the text goes on as it did before.
  var oddsOfRepetition: Double { self.drafter.oddsOfRepetition(after: self.tokens) }

  /// Begins a draft beside a pending token: see `Drafter`.
  ///
  /// - Parameter room: the most tokens in the batch.
  func beginDraft(_ plan: StepPlan, room: Int, least: Double = 0) {
    self.drafter.beginDraft(
      after: &self.tokens,
      forced: self.answer.constraint?.forcedTokens,
      plan,
      limit: min(self.draftLimit, room),
      least: least
    )
  }

  /// Goes on with a draft: see `Drafter`.
  func growDraft(with guess: DraftModel.Guess, odds: Double, price: Double) {
    self.drafter.grow(with: guess, after: &self.tokens, odds: odds, price: price)
  }

  /// Goes past the first drafted token, which was decoded with the batch, if it is the one that was
  /// chosen.
  ///
  /// - Returns: whether it is.
  func acceptDraft() -> Bool {
    guard self.pendingCount == 1, let token = self.tokens.last, self.drafter.accept(token) else {
      return false
    }
    self.position += 1
    return true
  }

  // MARK: The next token

  /// Chooses the next token and sends it to the caller.
  ///
  /// - Returns: whether the generation continues.
  func sample(
    _ logits: UnsafeMutableBufferPointer<Float>,
    model: LlamaModel
  ) -> Bool {
    let token: Int32?
    do throws(GenerationError) {
      let forced = try self.answer.next(
        model,
        mayEndThinking: self.assembler.isBetweenCharacters
      )
      guard self.request.request.maxTokens > 0 else {
        self.finish(.length)
        return false
      }
      token = try self.sampler.sample(
        logits,
        banning: self.mayEnd ? [] : model.endTokens,
        constraint: self.answer.constraint,
        forced: forced
      )
    } catch {
      self.request.fail(error)
      return false
    }
    if self.firstToken == nil { self.firstToken = .now }
    guard let token, !model.endTokens.contains(token) else {
      self.finish(.stop)
      return false
    }
    self.tokens.append(token)
    if !self.isDeterministic { self.drafter.update(from: self.tokens) }
    let logprobs = self.request.request.logprobs.map {
      TokenLogprobs(of: token, alternatives: $0, logits: logits, model: model)
    }
    let bytes = self.request.form?.keptTokens[token] ?? model.bytes(of: token)
    do throws(GenerationError) {
      try self.answer.append(bytes, model)
    } catch {
      self.request.fail(error)
      return false
    }
    if let delta = self.assembler.append(token, bytes: bytes, logprobs: logprobs) {
      self.deliver(delta)
    }
    if let end = self.end {
      self.finish(end)
      return false
    }
    return true
  }

  /// Whether the model may end its text.
  private var mayEnd: Bool {
    let sampling = self.request.request.sampling
    return !sampling.ignoreEOS && self.completionTokens >= sampling.minTokens
  }

  private var end: FinishReason? {
    if self.assembler.matchedStop != nil { return self.stopReason }
    if let constraint = self.answer.constraint, !constraint.mayGoOn { return .stop }
    if self.completionTokens == self.request.request.maxTokens { return .length }
    return self.position >= self.contextLength ? .contextLength : nil
  }

  /// The request's stop string that ended the text; nil when one of the model's form did.
  private var matchedStop: String? {
    self.assembler.matchedStop.flatMap { text in
      self.request.request.stop.contains { Identifier($0) == Identifier(text) } ? text : nil
    }
  }

  private var stopReason: FinishReason { self.matchedStop == nil ? .stop : .stopSequence }

  private func deliver(_ delta: GenerationDelta) {
    self.answer.deliver(delta.text)
    self.push(delta)
  }

  private func finish(_ reason: FinishReason) {
    var reason = reason
    if let delta = self.assembler.finish() {
      self.deliver(delta)
      if self.assembler.matchedStop != nil { reason = self.stopReason }
    }
    let now = ContinuousClock.now
    let begin = self.begin ?? now
    let firstToken = self.firstToken ?? now
    self.request.buffer.push(
      .finished(
        GenerationFinished(
          index: self.request.index,
          reason: reason,
          matchedStop: self.matchedStop,
          isIncomplete: self.answer.isIncomplete,
          usage: TokenUsage(
            promptTokens: self.request.prompt.count,
            completionTokens: self.completionTokens,
            cachedTokens: self.cachedTokens,
            reasoningTokens: self.answer.reasoningTokens
          ),
          timings: GenerationTimings(
            queue: begin - self.request.arrival,
            prompt: firstToken - begin,
            completion: now - firstToken
          )
        )
      )
    )
    if self.request.unfinished.end() { self.request.buffer.finish() }
  }
}
