internal import Generation
internal import JSON

/// How a model is asked to think
/// (https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking).
struct AnthropicThinking {
  private enum Way: Equatable {
    /// Nothing is said of it.
    case asItDoes
    case off
    /// As much as it deems right.
    case adaptive
    /// At most so many tokens.
    case budget(Int)
  }

  private let way: Way
  private let effort: ReasoningEffort?

  /// The least that Anthropic takes.
  private static let leastBudget = 1024
  /// The room for thoughts that are as long as the model deems right, beside a text without a limit.
  private static let adaptiveRoom = 16_384

  /// - Parameters:
  ///   - canThink: whether the model may think now: not within a turn that has begun without thoughts.
  ///   - limit: the most tokens of the thoughts and the text; nil is as many as are needed.
  /// - Throws: `invalidRequest` for a number of tokens that Anthropic does not take.
  init(
    _ conversation: Conversation,
    canThink: Bool,
    upTo limit: Int?,
    _ quirks: UpstreamQuirks
  ) throws(GenerationError) {
    self.effort = quirks.takesEffort ? conversation.reasoningEffort : nil
    guard conversation.reasons else {
      self.way = .off
      return
    }
    if let budget = conversation.maximumReasoningTokens { try Self.check(budget, limit) }
    // The budget is a maximum: no thoughts are within it. Anthropic refuses them before a call that is demanded.
    guard canThink, !conversation.toolChoice.isRequired else {
      self.way = .asItDoes
      return
    }
    if let budget = conversation.maximumReasoningTokens {
      self.way = quirks.takesThinkingBudget ? .budget(budget) : .adaptive
    } else if conversation.reasoning != .on {
      self.way = .asItDoes
    } else if quirks.thinksAdaptively {
      self.way = .adaptive
    } else {
      let budget = Self.budget(for: conversation.reasoningEffort, limit)
      self.way = budget < Self.leastBudget ? .asItDoes : .budget(budget)
    }
  }

  private static func check(_ budget: Int, _ limit: Int?) throws(GenerationError) {
    guard budget >= self.leastBudget else {
      throw GenerationError(
        .invalidRequest,
        "reasoning_max_tokens is \(budget), but this model takes \(self.leastBudget) or more, or 0"
      )
    }
    if let limit, limit <= budget {
      throw GenerationError(
        .invalidRequest,
        "reasoning_max_tokens is \(budget), but this model takes less than max_tokens, which is \(limit)"
      )
    }
  }

  /// How many tokens a model that knows no efforts may think for one, half of the limit at most.
  private static func budget(for effort: ReasoningEffort?, _ limit: Int?) -> Int {
    let budget =
      switch effort {
      case .minimal: 1024
      case .low: 2048
      case .medium, nil: 8192
      case .high: 16_384
      case .xhigh, .max: 32_768
      }
    return min(budget, (limit ?? .max) / 2)
  }

  /// Whether the model is asked to think.
  var thinks: Bool {
    switch self.way {
    case .asItDoes, .off: false
    case .adaptive, .budget: true
    }
  }

  /// How many tokens thoughts may take beside those of a text.
  var room: Int {
    switch self.way {
    case .asItDoes, .off: 0
    case .adaptive: Self.adaptiveRoom
    case .budget(let budget): budget
    }
  }

  func write(to json: inout JSONWriter) {
    if self.way != .asItDoes {
      json.begin("thinking")
      json.beginObject()
      switch self.way {
      case .asItDoes: break
      case .off: json.member("type", "disabled")
      case .adaptive: json.member("type", "adaptive")
      case .budget(let budget):
        json.member("type", "enabled")
        json.member("budget_tokens", budget)
      }
      json.end()
    }
    guard let effort else { return }
    json.begin("output_config")
    json.beginObject()
    // It has none that is less.
    json.member("effort", (effort == .minimal ? .low : effort).rawValue)
    json.end()
  }
}
