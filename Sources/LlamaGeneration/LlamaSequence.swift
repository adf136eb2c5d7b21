internal import Generation

/// One text that is being generated.
struct LlamaSequence {
  let request: LlamaRequest
  private var sampler: Sampler
  private var constraint: TokenConstraint?
  private let contextLength: Int
  private var assembler: DeltaAssembler
  private let begin = ContinuousClock.now
  private var firstToken: ContinuousClock.Instant?
  private var completionTokens = 0

  /// Tokens that the model has not seen yet: the rest of the prompt, or the token that was chosen
  /// last. Never empty while the text goes on.
  private(set) var pending: ArraySlice<Int32>
  /// Tokens that the model has seen: the position of the first pending one.
  private(set) var position = 0

  init(_ request: LlamaRequest, modelID: String, contextLength: Int) {
    self.request = request
    self.contextLength = contextLength
    self.pending = request.prompt[...]
    self.assembler = DeltaAssembler(
      stop: request.request.stop,
      minTokens: request.request.sampling.minTokens
    )
    self.sampler = Sampler(
      request.request.sampling,
      seed: request.seed,
      prompt: request.prompt,
      contextLength: contextLength
    )
    request.buffer.push(
      .started(
        GenerationStarted(
          model: modelID,
          seed: request.seed,
          promptTokens: request.prompt.count,
          cachedTokens: 0,
          queueTime: self.begin - request.arrival
        )
      )
    )
    if request.request.echo {
      request.buffer.push(.delta(GenerationDelta(text: request.promptText)))
    }
  }

  /// Whether the model still reads the prompt.
  var isPrefilling: Bool { self.completionTokens == 0 }

  /// The model has seen the first `count` pending tokens.
  mutating func advance(by count: Int) {
    self.pending = self.pending.dropFirst(count)
    self.position += count
  }

  /// Chooses the next token and tells the caller.
  ///
  /// - Returns: whether the text goes on.
  mutating func sample(
    _ logits: UnsafeMutableBufferPointer<Float>,
    model: LlamaModel
  ) -> Bool {
    let token: Int32?
    do throws(GenerationError) {
      if self.constraint == nil, let grammar = self.request.constraint {
        self.constraint = try TokenConstraint(grammar, for: model)
      }
      token = try self.sampler.sample(
        logits,
        banning: self.mayEnd ? [] : model.endTokens,
        constraint: self.constraint
      )
    } catch {
      self.request.buffer.finish(throwing: error)
      return false
    }
    if self.firstToken == nil { self.firstToken = .now }
    guard let token, !model.endTokens.contains(token) else {
      self.finish(.stop)
      return false
    }
    self.completionTokens += 1
    let logprobs = self.request.request.logprobs.map {
      TokenLogprobs(of: token, alternatives: $0, logits: logits, model: model)
    }
    let bytes = model.bytes(of: token)
    self.constraint?.append(bytes)
    if let delta = self.assembler.append(token, bytes: bytes, logprobs: logprobs) {
      self.deliver(delta)
    }
    if let end = self.end {
      self.finish(end)
      return false
    }
    self.pending = [token]
    return true
  }

  /// Whether the model may say that the text is over.
  private var mayEnd: Bool {
    let sampling = self.request.request.sampling
    return !sampling.ignoreEOS && self.completionTokens >= sampling.minTokens
  }

  private var end: FinishReason? {
    if self.assembler.matchedStop != nil { return .stopSequence }
    if let constraint, !constraint.mayGoOn { return .stop }
    if self.completionTokens == self.request.request.maxTokens { return .length }
    return self.position == self.contextLength ? .contextLength : nil
  }

  private mutating func deliver(_ delta: GenerationDelta) {
    self.constraint?.deliver(delta.text)
    self.request.buffer.push(.delta(delta))
  }

  private mutating func finish(_ reason: FinishReason) {
    var reason = reason
    if let delta = self.assembler.finish() {
      self.deliver(delta)
      if self.assembler.matchedStop != nil { reason = .stopSequence }
    }
    let now = ContinuousClock.now
    let firstToken = self.firstToken ?? now
    self.request.buffer.push(
      .finished(
        GenerationFinished(
          reason: reason,
          matchedStop: self.assembler.matchedStop,
          isIncomplete: self.constraint?.isDelivered == false,
          usage: TokenUsage(
            promptTokens: self.request.prompt.count,
            completionTokens: self.completionTokens,
            cachedTokens: 0
          ),
          timings: GenerationTimings(
            queue: self.begin - self.request.arrival,
            prompt: firstToken - self.begin,
            completion: now - firstToken
          )
        )
      )
    )
    self.request.buffer.finish()
  }
}
