import ArgumentParser
import TokenwireAPI

/// What the model may call, and whether it thinks.
struct ToolFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What the model may call: a file with a JSON array of tools, as OpenAI writes them or with \
      name, description and parameters alone.
      """,
      valueName: "file"
    ),
    completion: .file(extensions: ["json"])
  )
  var tools: String?

  @Option(
    help: ArgumentHelp(
      "Whether the model calls: auto, none, required, or the name of the tool. (default: auto)",
      valueName: "choice"
    )
  )
  var toolChoice: String?

  @Option(
    help:
      "Whether the model thinks before it answers: auto is as it does, off and on. (default: auto)"
  )
  var reasoning: ReasoningFlag?

  @Option(
    help:
      "How thoroughly it thinks, if it knows efforts: minimal, low, medium, high, xhigh or max. (default: as it does)"
  )
  var reasoningEffort: EffortFlag?

  @Option(help: "How many tokens the model may think; 0 is none. (default: no limit)")
  var reasoningMaxTokens: Int32?

  enum ReasoningFlag: String, ExpressibleByArgument, CaseIterable {
    case auto, off, on
  }

  enum EffortFlag: String, ExpressibleByArgument, CaseIterable {
    case minimal, low, medium, high, xhigh, max
  }

  /// - Throws: when one is given beside a prompt that is no conversation.
  func check(raw isRaw: Bool) throws {
    let flags = [
      ("--tools", self.tools != nil), ("--tool-choice", self.toolChoice != nil),
      ("--reasoning", self.reasoning != nil),
      ("--reasoning-effort", self.reasoningEffort != nil),
      ("--reasoning-max-tokens", self.reasoningMaxTokens != nil),
    ]
    if isRaw, let (flag, _) = flags.first(where: \.1) {
      throw ValidationError("\(flag) belongs to a conversation, which --raw is not")
    }
  }

  /// Adds what is given to a conversation.
  ///
  /// - Throws: when the file cannot be read.
  func add(to messages: inout ChatMessages) throws {
    if let tools { messages.tools = try ToolFile.tools(in: tools) }
    messages.toolChoice = self.toolChoice.map { ToolChoice(flag: $0) }
    switch self.reasoning {
    case .auto: messages.reasoning = .auto
    case .off: messages.reasoning = .off
    case .on: messages.reasoning = .on
    case nil: break
    }
    switch self.reasoningEffort {
    case .minimal: messages.reasoningEffort = .minimal
    case .low: messages.reasoningEffort = .low
    case .medium: messages.reasoningEffort = .medium
    case .high: messages.reasoningEffort = .high
    case .xhigh: messages.reasoningEffort = .xhigh
    case .max: messages.reasoningEffort = .max
    case nil: break
    }
    messages.reasoningMaxTokens = self.reasoningMaxTokens
  }
}

extension ToolChoice {
  fileprivate init(flag: String) {
    switch flag {
    case "auto": self.init(mode: .auto)
    case "none": self.init(mode: .none)
    case "required": self.init(mode: .required)
    default: self.init(name: flag)
    }
  }
}
