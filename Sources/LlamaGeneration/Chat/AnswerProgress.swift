internal import Generation

/// How far a model's answer is: whether it thinks, and what a constraint allows next.
struct AnswerProgress {
  /// What the text must match from here on; nil when it may be anything.
  private(set) var constraint: TokenConstraint?
  /// The constraint that counts later.
  private var waiting: ConstraintGrammar?
  /// Whether the constraint has to begin to count before the text ends.
  private let mustBegin: Bool
  /// Finds where the constraint begins to count; nil when that is not a matter of the text.
  private var trigger: TriggerMatcher?
  private var thinking: ThinkingTracker?
  /// How many tokens the model may think.
  private let maximumThinking: Int
  /// What ends its thinking when that are more.
  private let thinkingEnd: [UInt8]
  /// What is left of the tokens of `thinkingEnd`.
  private var forced: ArraySlice<Int32> = []
  /// Where the constraint began to count, how much was written and how much of it the caller has; in
  /// bytes of the text.
  private var start = 0
  private var written = 0
  private var delivered = 0

  init(_ request: LlamaRequest) {
    self.waiting = request.constraint
    switch request.constraint?.start {
    case .with(let triggers):
      self.trigger = TriggerMatcher(triggers)
      self.mustBegin = false
    case .atOnce, .afterThinking: self.mustBegin = true
    case nil: self.mustBegin = false
    }
    self.thinking = request.form?.thinking.map { ThinkingTracker($0) }
    self.thinkingEnd = request.form?.thinking?.ends.first ?? []
    self.maximumThinking = request.form?.maximumThinking ?? .max
  }

  /// The tokens of what the model has thought.
  var reasoningTokens: Int { self.thinking?.tokenCount ?? 0 }

  /// Whether the text ended before it satisfied its constraint.
  var isIncomplete: Bool { self.constraint.map { !$0.isDelivered } ?? self.mustBegin }

  /// Prepares the choice of the next token.
  ///
  /// - Parameter mayEndThinking: whether the text does not end within a character.
  /// - Returns: the next token, if there is no choice.
  mutating func next(
    _ model: LlamaModel,
    mayEndThinking: Bool
  ) throws(GenerationError) -> Int32? {
    switch self.waiting?.start {
    case .atOnce: try self.begin(with: [], model)
    case .afterThinking where self.thinking?.isOpen != true: try self.begin(with: [], model)
    case .afterThinking, .with, nil: break
    }
    if let thinking, thinking.isOpen, self.forced.isEmpty,
      thinking.tokenCount >= self.maximumThinking, mayEndThinking
    {
      let end = self.thinkingEnd[...]
      self.forced = model.tokens(of: end, addSpecial: false, parseSpecial: true)[...]
    }
    return self.forced.popFirst()
  }

  /// Adds the text of the next token.
  mutating func append(_ bytes: [UInt8], _ model: LlamaModel) throws(GenerationError) {
    self.written += bytes.count
    self.constraint?.append(bytes)
    let answer = self.thinking?.append(bytes) ?? bytes
    if let beginning = self.trigger?.append(answer) {
      self.trigger = nil
      try self.begin(with: beginning, model)
    }
  }

  /// Adds text that the caller gets.
  mutating func deliver(_ text: String) {
    let bytes = Array(text.utf8)
    self.constraint?.deliver(bytes.dropFirst(max(0, self.start - self.delivered)))
    self.delivered += bytes.count
  }

  /// - Parameter text: the text from where the constraint counts.
  private mutating func begin(
    with text: ArraySlice<UInt8>,
    _ model: LlamaModel
  ) throws(GenerationError) {
    guard let grammar = self.waiting else { return }
    self.waiting = nil
    self.start = self.written - text.count
    var constraint = try TokenConstraint(grammar, for: model)
    constraint.append(text)
    constraint.deliver(text.prefix(max(0, self.delivered - self.start)))
    self.constraint = constraint
  }
}
