public import Identifiers

/// Messages for the model to answer, and how it may answer them.
public struct Conversation: Sendable, Hashable {
  /// The turns so far. An assistant's at the end is continued.
  public var messages: [ChatMessage]
  /// What the model may call.
  public var tools: [Tool]
  /// Whether the model calls tools.
  public var toolChoice: ToolChoice
  /// Whether the model may make several calls in one answer.
  public var allowsParallelToolCalls: Bool
  /// Whether the model thinks before it answers, if it can.
  public var reasoning: Reasoning
  /// How thoroughly it thinks, if it knows efforts; nil is as it does.
  public var reasoningEffort: ReasoningEffort?
  /// How many tokens it may think before it is made to answer; nil is any number.
  public var maximumReasoningTokens: Int?
  /// Whether servers elsewhere that keep prompts only when they are asked keep this one.
  public var cachesPrompt: Bool

  /// Creates a conversation; by default without tools.
  public init(
    _ messages: [ChatMessage],
    tools: [Tool] = [],
    toolChoice: ToolChoice = .auto,
    allowsParallelToolCalls: Bool = true,
    reasoning: Reasoning = .auto,
    reasoningEffort: ReasoningEffort? = nil,
    maximumReasoningTokens: Int? = nil,
    cachesPrompt: Bool = false
  ) {
    self.messages = messages
    self.tools = tools
    self.toolChoice = toolChoice
    self.allowsParallelToolCalls = allowsParallelToolCalls
    self.reasoning = reasoning
    self.reasoningEffort = reasoningEffort
    self.maximumReasoningTokens = maximumReasoningTokens
    self.cachesPrompt = cachesPrompt
  }

  /// Whether the model may think.
  public var reasons: Bool { self.reasoning != .off }

  /// The tools that the model may call.
  public var callableTools: [Tool] {
    switch self.toolChoice {
    case .auto, .required: self.tools
    case .none: []
    case .named(let name): self.tools.filter { $0.name == name }
    }
  }
}

/// Whether a model thinks before it answers, if it can.
public enum Reasoning: Sendable, Hashable {
  /// As the model does.
  case auto
  /// It answers at once.
  case off
  /// It thinks, also a model that does so only when it is asked.
  case on
}

/// How thoroughly a model thinks.
public enum ReasoningEffort: String, Sendable, Hashable, CaseIterable {
  case minimal, low, medium, high, xhigh, max
}

/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
  /// Who speaks.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    case system, developer, user, assistant, tool
  }

  /// Who speaks.
  public var role: Role
  /// What is said.
  @Bytewise public var content: String
  /// Of an assistant: what it thought before its answer.
  @Bytewise public var reasoning: String
  /// Of an assistant: the calls that it has made.
  public var toolCalls: [ToolCall]
  /// Of a tool: the call that `content` is the result of.
  public var toolCallID: Identifier?

  /// Creates a turn of a conversation.
  public init(
    role: Role,
    content: String,
    reasoning: String = "",
    toolCalls: [ToolCall] = [],
    toolCallID: Identifier? = nil
  ) {
    self.role = role
    self.content = content
    self.reasoning = reasoning
    self.toolCalls = toolCalls
    self.toolCallID = toolCallID
  }
}

/// A call of a tool by the model.
public struct ToolCall: Sendable, Hashable {
  /// Unique in its conversation.
  public var id: Identifier
  /// The tool's name.
  public var name: Identifier
  /// A JSON object.
  @Bytewise public var arguments: String

  /// Creates a call.
  public init(id: Identifier, name: Identifier, arguments: String) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// Something that the model may call.
public struct Tool: Sendable, Hashable {
  /// The name, unique among the tools of a conversation.
  public var name: Identifier
  /// For the model: what it does, and when to use it.
  @Bytewise public var description: String
  /// The JSON schema of its arguments.
  @Bytewise public var parameters: String
  /// Whether servers elsewhere that keep to the schema only when they are asked are asked to.
  public var isStrict: Bool

  /// Creates a tool.
  public init(
    name: Identifier,
    description: String,
    parameters: String,
    isStrict: Bool = false
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.isStrict = isStrict
  }
}

/// Whether the model calls tools.
public enum ToolChoice: Sendable, Hashable {
  /// The model decides.
  case auto
  /// It does not.
  case none
  /// It makes at least one call.
  case required
  /// It calls the tool of this name.
  case named(Identifier)

  /// Whether there has to be a call.
  public var isRequired: Bool {
    switch self {
    case .auto, .none: false
    case .required, .named: true
    }
  }
}
