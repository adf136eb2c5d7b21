// Generated from Protos/tokenwire/v1/tokenwire.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import CProtobufC
public import CTokenwireAPI
public import Identifiers
public import NIOCore
public import Protobuf

public struct ChatMessage: Hashable, Sendable {
  /// "system", "user", "assistant" or "tool"; "developer" is read as "system" where the model's
  /// template does not know it.
  @Bytewise public var role: String
  /// What is said. Text that looks like one of the model's control tokens stays text.
  @Bytewise public var content: String
  /// The content in parts, instead of `content`.
  public var contentParts: [ContentPart]
  /// Of an assistant: the calls that it has made.
  public var toolCalls: [ToolCall]
  /// Of a tool, required: the `id` of the call that `content` is the result of.
  @Bytewise public var toolCallID: String
  /// Of an assistant: what it thought before its answer.
  @Bytewise public var reasoningText: String

  public init(
    role: String = "",
    content: String = "",
    contentParts: [ContentPart] = [],
    toolCalls: [ToolCall] = [],
    toolCallID: String = "",
    reasoningText: String = ""
  ) {
    self.role = role
    self.content = content
    self.contentParts = contentParts
    self.toolCalls = toolCalls
    self.toolCallID = toolCallID
    self.reasoningText = reasoningText
  }
}

extension ChatMessage: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__chat_message__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ChatMessage>? {
    tokenwire__v1__chat_message__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ChatMessage) throws(MessageError) {
    self.init(
      role: try CField.string(c.role, "ChatMessage.role"),
      content: try CField.string(c.content, "ChatMessage.content"),
      contentParts: try CField.messages(c.n_content_parts, c.content_parts),
      toolCalls: try CField.messages(c.n_tool_calls, c.tool_calls),
      toolCallID: try CField.string(c.tool_call_id, "ChatMessage.tool_call_id"),
      reasoningText: try CField.string(c.reasoning_text, "ChatMessage.reasoning_text")
    )
  }

  public func copy(to c: inout Tokenwire__V1__ChatMessage, in arena: inout Arena) {
    tokenwire__v1__chat_message__init(&c)
    c.role = arena.bytes(self.role)
    c.content = arena.bytes(self.content)
    (c.n_content_parts, c.content_parts) = arena.messages(self.contentParts)
    (c.n_tool_calls, c.tool_calls) = arena.messages(self.toolCalls)
    c.tool_call_id = arena.bytes(self.toolCallID)
    c.reasoning_text = arena.bytes(self.reasoningText)
  }
}

public struct ContentPart: Hashable, Sendable {
  /// "text"; others are refused.
  @Bytewise public var type: String
  @Bytewise public var text: String

  public init(
    type: String = "",
    text: String = ""
  ) {
    self.type = type
    self.text = text
  }
}

extension ContentPart: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__content_part__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ContentPart>? {
    tokenwire__v1__content_part__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ContentPart) throws(MessageError) {
    self.init(
      type: try CField.string(c.type, "ContentPart.type"),
      text: try CField.string(c.text, "ContentPart.text")
    )
  }

  public func copy(to c: inout Tokenwire__V1__ContentPart, in arena: inout Arena) {
    tokenwire__v1__content_part__init(&c)
    c.type = arena.bytes(self.type)
    c.text = arena.bytes(self.text)
  }
}

public struct ToolCall: Hashable, Sendable {
  /// Unique in its conversation.
  @Bytewise public var id: String
  /// The tool's name.
  @Bytewise public var name: String
  /// A JSON object.
  @Bytewise public var arguments: String

  public init(
    id: String = "",
    name: String = "",
    arguments: String = ""
  ) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

extension ToolCall: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__tool_call__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ToolCall>? {
    tokenwire__v1__tool_call__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ToolCall) throws(MessageError) {
    self.init(
      id: try CField.string(c.id, "ToolCall.id"),
      name: try CField.string(c.name, "ToolCall.name"),
      arguments: try CField.string(c.arguments, "ToolCall.arguments")
    )
  }

  public func copy(to c: inout Tokenwire__V1__ToolCall, in arena: inout Arena) {
    tokenwire__v1__tool_call__init(&c)
    c.id = arena.bytes(self.id)
    c.name = arena.bytes(self.name)
    c.arguments = arena.bytes(self.arguments)
  }
}

public struct Tool: Hashable, Sendable {
  /// At most 64 of a-z, A-Z, 0-9, "_", "-" and ".".
  @Bytewise public var name: String
  /// For the model: what the tool does, and when to use it.
  @Bytewise public var description: String
  /// The JSON schema of its arguments; empty is an object without members. docs/generation.md
  /// describes which schemas are supported.
  @Bytewise public var parameters: String
  /// Whether servers elsewhere that keep to the schema only when they are asked (OpenAI, Anthropic) are
  /// asked to. Models here always do.
  public var strict: Bool

  public init(
    name: String = "",
    description: String = "",
    parameters: String = "",
    strict: Bool = false
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.strict = strict
  }
}

extension Tool: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__tool__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Tool>? {
    tokenwire__v1__tool__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Tool) throws(MessageError) {
    self.init(
      name: try CField.string(c.name, "Tool.name"),
      description: try CField.string(c.description, "Tool.description"),
      parameters: try CField.string(c.parameters, "Tool.parameters"),
      strict: c.strict != 0
    )
  }

  public func copy(to c: inout Tokenwire__V1__Tool, in arena: inout Arena) {
    tokenwire__v1__tool__init(&c)
    c.name = arena.bytes(self.name)
    c.description = arena.bytes(self.description)
    c.parameters = arena.bytes(self.parameters)
    c.strict = self.strict ? 1 : 0
  }
}

public struct ToolChoice: Hashable, Sendable {
  public var mode: ToolChoiceMode
  /// The only tool that is called, which it is at least once; then the mode is REQUIRED or absent.
  @Bytewise public var name: String

  public init(
    mode: ToolChoiceMode = .unspecified,
    name: String = ""
  ) {
    self.mode = mode
    self.name = name
  }
}

extension ToolChoice: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__tool_choice__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ToolChoice>? {
    tokenwire__v1__tool_choice__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ToolChoice) throws(MessageError) {
    self.init(
      mode: ToolChoiceMode(rawValue: c.mode),
      name: try CField.string(c.name, "ToolChoice.name")
    )
  }

  public func copy(to c: inout Tokenwire__V1__ToolChoice, in arena: inout Arena) {
    tokenwire__v1__tool_choice__init(&c)
    c.mode = self.mode.rawValue
    c.name = arena.bytes(self.name)
  }
}

public struct ChatMessages: Hashable, Sendable {
  /// At most 4096. An assistant's text at the end is continued.
  public var messages: [ChatMessage]
  /// What the model may call; at most 128.
  public var tools: [Tool]
  public var toolChoice: ToolChoice?
  public var parallelToolCalls: Bool?
  public var reasoning: Reasoning
  public var reasoningMaxTokens: Int32?
  public var reasoningEffort: ReasoningEffort
  /// Whether servers elsewhere that keep prompts only when they are asked (Anthropic) keep this one. Others
  /// keep them anyway.
  public var cachePrompt: Bool

  public init(
    messages: [ChatMessage] = [],
    tools: [Tool] = [],
    toolChoice: ToolChoice? = nil,
    parallelToolCalls: Bool? = nil,
    reasoning: Reasoning = .unspecified,
    reasoningMaxTokens: Int32? = nil,
    reasoningEffort: ReasoningEffort = .unspecified,
    cachePrompt: Bool = false
  ) {
    self.messages = messages
    self.tools = tools
    self.toolChoice = toolChoice
    self.parallelToolCalls = parallelToolCalls
    self.reasoning = reasoning
    self.reasoningMaxTokens = reasoningMaxTokens
    self.reasoningEffort = reasoningEffort
    self.cachePrompt = cachePrompt
  }
}

extension ChatMessages: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__chat_messages__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ChatMessages>? {
    tokenwire__v1__chat_messages__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ChatMessages) throws(MessageError) {
    self.init(
      messages: try CField.messages(c.n_messages, c.messages),
      tools: try CField.messages(c.n_tools, c.tools),
      toolChoice: try CField.message(c.tool_choice),
      reasoning: Reasoning(rawValue: c.reasoning),
      reasoningEffort: ReasoningEffort(rawValue: c.reasoning_effort),
      cachePrompt: c.cache_prompt != 0
    )
    switch c.parallel_tool_calls_presence_case {
    case TOKENWIRE__V1__CHAT_MESSAGES__PARALLEL_TOOL_CALLS_PRESENCE_PARALLEL_TOOL_CALLS:
      self.parallelToolCalls = c.parallel_tool_calls != 0
    default: break
    }
    switch c.reasoning_max_tokens_presence_case {
    case TOKENWIRE__V1__CHAT_MESSAGES__REASONING_MAX_TOKENS_PRESENCE_REASONING_MAX_TOKENS:
      self.reasoningMaxTokens = c.reasoning_max_tokens
    default: break
    }
  }

  public func copy(to c: inout Tokenwire__V1__ChatMessages, in arena: inout Arena) {
    tokenwire__v1__chat_messages__init(&c)
    (c.n_messages, c.messages) = arena.messages(self.messages)
    (c.n_tools, c.tools) = arena.messages(self.tools)
    c.tool_choice = arena.message(self.toolChoice)
    if let parallelToolCalls = self.parallelToolCalls {
      c.parallel_tool_calls_presence_case = TOKENWIRE__V1__CHAT_MESSAGES__PARALLEL_TOOL_CALLS_PRESENCE_PARALLEL_TOOL_CALLS
      c.parallel_tool_calls = parallelToolCalls ? 1 : 0
    }
    c.reasoning = self.reasoning.rawValue
    if let reasoningMaxTokens = self.reasoningMaxTokens {
      c.reasoning_max_tokens_presence_case = TOKENWIRE__V1__CHAT_MESSAGES__REASONING_MAX_TOKENS_PRESENCE_REASONING_MAX_TOKENS
      c.reasoning_max_tokens = reasoningMaxTokens
    }
    c.reasoning_effort = self.reasoningEffort.rawValue
    c.cache_prompt = self.cachePrompt ? 1 : 0
  }
}

public struct TokenIDs: Hashable, Sendable {
  public var ids: [Int32]

  public init(
    ids: [Int32] = []
  ) {
    self.ids = ids
  }
}

extension TokenIDs: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__token_ids__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__TokenIds>? {
    tokenwire__v1__token_ids__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__TokenIds) throws(MessageError) {
    self.init(
      ids: CField.numbers(c.n_ids, c.ids)
    )
  }

  public func copy(to c: inout Tokenwire__V1__TokenIds, in arena: inout Arena) {
    tokenwire__v1__token_ids__init(&c)
    (c.n_ids, c.ids) = arena.numbers(self.ids)
  }
}

public struct LogitBias: Hashable, Sendable {
  public var tokenID: Int32
  /// Added to the token's logit; in [-100, 100].
  public var bias: Float

  public init(
    tokenID: Int32 = 0,
    bias: Float = 0
  ) {
    self.tokenID = tokenID
    self.bias = bias
  }
}

extension LogitBias: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__logit_bias__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__LogitBias>? {
    tokenwire__v1__logit_bias__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__LogitBias) throws(MessageError) {
    self.init(
      tokenID: c.token_id,
      bias: c.bias
    )
  }

  public func copy(to c: inout Tokenwire__V1__LogitBias, in arena: inout Arena) {
    tokenwire__v1__logit_bias__init(&c)
    c.token_id = self.tokenID
    c.bias = self.bias
  }
}

public struct SamplingOptions: Hashable, Sendable {
  public var temperature: Float?
  public var topK: Int32?
  public var topP: Float?
  public var minP: Float?
  public var repeatPenalty: Float?
  public var repeatLastN: Int32?
  public var presencePenalty: Float?
  public var frequencyPenalty: Float?
  public var seed: UInt32?
  /// At most 300, each for a different token.
  public var logitBias: [LogitBias]
  /// The model cannot end its text: only the other limits do.
  public var ignoreEos: Bool
  /// The model cannot end its text, and stop strings do not count, in the first this many tokens; at
  /// most `max_tokens`.
  public var minTokens: Int32

  public init(
    temperature: Float? = nil,
    topK: Int32? = nil,
    topP: Float? = nil,
    minP: Float? = nil,
    repeatPenalty: Float? = nil,
    repeatLastN: Int32? = nil,
    presencePenalty: Float? = nil,
    frequencyPenalty: Float? = nil,
    seed: UInt32? = nil,
    logitBias: [LogitBias] = [],
    ignoreEos: Bool = false,
    minTokens: Int32 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repeatPenalty = repeatPenalty
    self.repeatLastN = repeatLastN
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.seed = seed
    self.logitBias = logitBias
    self.ignoreEos = ignoreEos
    self.minTokens = minTokens
  }
}

extension SamplingOptions: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__sampling_options__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__SamplingOptions>? {
    tokenwire__v1__sampling_options__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__SamplingOptions) throws(MessageError) {
    self.init(
      logitBias: try CField.messages(c.n_logit_bias, c.logit_bias),
      ignoreEos: c.ignore_eos != 0,
      minTokens: c.min_tokens
    )
    switch c.temperature_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__TEMPERATURE_PRESENCE_TEMPERATURE:
      self.temperature = c.temperature
    default: break
    }
    switch c.top_k_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__TOP_K_PRESENCE_TOP_K:
      self.topK = c.top_k
    default: break
    }
    switch c.top_p_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__TOP_P_PRESENCE_TOP_P:
      self.topP = c.top_p
    default: break
    }
    switch c.min_p_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__MIN_P_PRESENCE_MIN_P:
      self.minP = c.min_p
    default: break
    }
    switch c.repeat_penalty_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__REPEAT_PENALTY_PRESENCE_REPEAT_PENALTY:
      self.repeatPenalty = c.repeat_penalty
    default: break
    }
    switch c.repeat_last_n_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__REPEAT_LAST_N_PRESENCE_REPEAT_LAST_N:
      self.repeatLastN = c.repeat_last_n
    default: break
    }
    switch c.presence_penalty_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__PRESENCE_PENALTY_PRESENCE_PRESENCE_PENALTY:
      self.presencePenalty = c.presence_penalty
    default: break
    }
    switch c.frequency_penalty_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__FREQUENCY_PENALTY_PRESENCE_FREQUENCY_PENALTY:
      self.frequencyPenalty = c.frequency_penalty
    default: break
    }
    switch c.seed_presence_case {
    case TOKENWIRE__V1__SAMPLING_OPTIONS__SEED_PRESENCE_SEED:
      self.seed = c.seed
    default: break
    }
  }

  public func copy(to c: inout Tokenwire__V1__SamplingOptions, in arena: inout Arena) {
    tokenwire__v1__sampling_options__init(&c)
    if let temperature = self.temperature {
      c.temperature_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__TEMPERATURE_PRESENCE_TEMPERATURE
      c.temperature = temperature
    }
    if let topK = self.topK {
      c.top_k_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__TOP_K_PRESENCE_TOP_K
      c.top_k = topK
    }
    if let topP = self.topP {
      c.top_p_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__TOP_P_PRESENCE_TOP_P
      c.top_p = topP
    }
    if let minP = self.minP {
      c.min_p_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__MIN_P_PRESENCE_MIN_P
      c.min_p = minP
    }
    if let repeatPenalty = self.repeatPenalty {
      c.repeat_penalty_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__REPEAT_PENALTY_PRESENCE_REPEAT_PENALTY
      c.repeat_penalty = repeatPenalty
    }
    if let repeatLastN = self.repeatLastN {
      c.repeat_last_n_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__REPEAT_LAST_N_PRESENCE_REPEAT_LAST_N
      c.repeat_last_n = repeatLastN
    }
    if let presencePenalty = self.presencePenalty {
      c.presence_penalty_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__PRESENCE_PENALTY_PRESENCE_PRESENCE_PENALTY
      c.presence_penalty = presencePenalty
    }
    if let frequencyPenalty = self.frequencyPenalty {
      c.frequency_penalty_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__FREQUENCY_PENALTY_PRESENCE_FREQUENCY_PENALTY
      c.frequency_penalty = frequencyPenalty
    }
    if let seed = self.seed {
      c.seed_presence_case = TOKENWIRE__V1__SAMPLING_OPTIONS__SEED_PRESENCE_SEED
      c.seed = seed
    }
    (c.n_logit_bias, c.logit_bias) = arena.messages(self.logitBias)
    c.ignore_eos = self.ignoreEos ? 1 : 0
    c.min_tokens = self.minTokens
  }
}

public struct GenerateRequest: Hashable, Sendable {
  /// Empty: the server's default model.
  @Bytewise public var model: String
  public var input: Input?
  public var sampling: SamplingOptions?
  public var maxTokens: Int32?
  /// Generation ends before the first of these appears in the text. At most 16, of 4096 bytes each.
  @Bytewise public var stop: [String]
  /// The first delta carries the prompt.
  public var echo: Bool
  public var logprobs: Int32?
  public var constraint: Constraint?
  /// Secret. For clients that cannot send metadata (WIRE.md section 3); metadata wins.
  @Bytewise public var accessToken: String
  /// Relative, for clients that cannot send `timeout_nano` in the envelope, which wins; 0 is none.
  public var timeoutNano: Int64
  public var metadata: TextMap
  public var n: Int32?
  /// The same request with the same seed gives the same tokens, whatever else the server does. Costs
  /// speed.
  public var deterministic: Bool
  public var promptLogprobs: Int32?
  /// Whether to report how far a long prompt is computed, in `progress`.
  public var reportProgress: Bool
  /// Names the conversation that this generation belongs to: its prompt is kept for its next turn
  /// when memory is short, and the log can be queried by it. At most 128 bytes.
  @Bytewise public var sessionID: String
  /// Not implemented: a request with it is refused.
  @Bytewise public var idempotencyKey: String
  public var maxLength: Int32?

  public init(
    model: String = "",
    input: Input? = nil,
    sampling: SamplingOptions? = nil,
    maxTokens: Int32? = nil,
    stop: [String] = [],
    echo: Bool = false,
    logprobs: Int32? = nil,
    constraint: Constraint? = nil,
    accessToken: String = "",
    timeoutNano: Int64 = 0,
    metadata: TextMap = [:],
    n: Int32? = nil,
    deterministic: Bool = false,
    promptLogprobs: Int32? = nil,
    reportProgress: Bool = false,
    sessionID: String = "",
    idempotencyKey: String = "",
    maxLength: Int32? = nil
  ) {
    self.model = model
    self.input = input
    self.sampling = sampling
    self.maxTokens = maxTokens
    self.stop = stop
    self.echo = echo
    self.logprobs = logprobs
    self.constraint = constraint
    self.accessToken = accessToken
    self.timeoutNano = timeoutNano
    self.metadata = metadata
    self.n = n
    self.deterministic = deterministic
    self.promptLogprobs = promptLogprobs
    self.reportProgress = reportProgress
    self.sessionID = sessionID
    self.idempotencyKey = idempotencyKey
    self.maxLength = maxLength
  }

  public enum Input: Hashable, Sendable {
    /// Text, taken as it is.
    case prompt(String)
    /// A conversation, formatted by the model's own chat template.
    case messages(ChatMessages)
    case promptTokenIDs(TokenIDs)

    public static func == (left: Input, right: Input) -> Bool {
      switch (left, right) {
      case (.prompt(let left), .prompt(let right)):
        Identifier(left) == Identifier(right)
      case (.messages(let left), .messages(let right)):
        left == right
      case (.promptTokenIDs(let left), .promptTokenIDs(let right)):
        left == right
      default: false
      }
    }

    public func hash(into hasher: inout Hasher) {
      switch self {
      case .prompt(let value):
        hasher.combine(2)
        hasher.combine(Identifier(value))
      case .messages(let value):
        hasher.combine(3)
        hasher.combine(value)
      case .promptTokenIDs(let value):
        hasher.combine(4)
        hasher.combine(value)
      }
    }
  }

  public enum Constraint: Hashable, Sendable {
    /// A JSON schema that the text must satisfy; docs/generation.md describes which are supported.
    case jsonSchema(String)
    /// A grammar in llama.cpp's GBNF; the text must match its rule "root".
    case grammar(String)

    public static func == (left: Constraint, right: Constraint) -> Bool {
      switch (left, right) {
      case (.jsonSchema(let left), .jsonSchema(let right)):
        Identifier(left) == Identifier(right)
      case (.grammar(let left), .grammar(let right)):
        Identifier(left) == Identifier(right)
      default: false
      }
    }

    public func hash(into hasher: inout Hasher) {
      switch self {
      case .jsonSchema(let value):
        hasher.combine(10)
        hasher.combine(Identifier(value))
      case .grammar(let value):
        hasher.combine(11)
        hasher.combine(Identifier(value))
      }
    }
  }
}

extension GenerateRequest: CMessage {
  private static let inputMembers = OneOf([2: "prompt", 3: "messages", 4: "prompt_token_ids"])
  private static let constraintMembers = OneOf([10: "json_schema", 11: "grammar"])

  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    try Self.inputMembers.check(bytes)
    try Self.constraintMembers.check(bytes)
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__generate_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__GenerateRequest>? {
    tokenwire__v1__generate_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__GenerateRequest) throws(MessageError) {
    self.init(
      model: try CField.string(c.model, "GenerateRequest.model"),
      sampling: try CField.message(c.sampling),
      stop: try CField.strings(c.n_stop, c.stop, "GenerateRequest.stop"),
      echo: c.echo != 0,
      accessToken: try CField.string(c.access_token, "GenerateRequest.access_token"),
      timeoutNano: c.timeout_nano,
      metadata: try CField.map(c.n_metadata, c.metadata, "GenerateRequest.metadata") { ($0.key, $0.value) },
      deterministic: c.deterministic != 0,
      reportProgress: c.report_progress != 0,
      sessionID: try CField.string(c.session_id, "GenerateRequest.session_id"),
      idempotencyKey: try CField.string(c.idempotency_key, "GenerateRequest.idempotency_key")
    )
    switch c.input_case {
    case TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT:
      self.input = try .prompt(CField.string(c.prompt, "GenerateRequest.prompt"))
    case TOKENWIRE__V1__GENERATE_REQUEST__INPUT_MESSAGES:
      self.input = try CField.message(c.messages).map(Input.messages)
    case TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT_TOKEN_IDS:
      self.input = try CField.message(c.prompt_token_ids).map(Input.promptTokenIDs)
    default: break
    }
    switch c.max_tokens_presence_case {
    case TOKENWIRE__V1__GENERATE_REQUEST__MAX_TOKENS_PRESENCE_MAX_TOKENS:
      self.maxTokens = c.max_tokens
    default: break
    }
    switch c.logprobs_presence_case {
    case TOKENWIRE__V1__GENERATE_REQUEST__LOGPROBS_PRESENCE_LOGPROBS:
      self.logprobs = c.logprobs
    default: break
    }
    switch c.constraint_case {
    case TOKENWIRE__V1__GENERATE_REQUEST__CONSTRAINT_JSON_SCHEMA:
      self.constraint = try .jsonSchema(CField.string(c.json_schema, "GenerateRequest.json_schema"))
    case TOKENWIRE__V1__GENERATE_REQUEST__CONSTRAINT_GRAMMAR:
      self.constraint = try .grammar(CField.string(c.grammar, "GenerateRequest.grammar"))
    default: break
    }
    switch c.n_presence_case {
    case TOKENWIRE__V1__GENERATE_REQUEST__N_PRESENCE_N:
      self.n = c.n
    default: break
    }
    switch c.prompt_logprobs_presence_case {
    case TOKENWIRE__V1__GENERATE_REQUEST__PROMPT_LOGPROBS_PRESENCE_PROMPT_LOGPROBS:
      self.promptLogprobs = c.prompt_logprobs
    default: break
    }
    switch c.max_length_presence_case {
    case TOKENWIRE__V1__GENERATE_REQUEST__MAX_LENGTH_PRESENCE_MAX_LENGTH:
      self.maxLength = c.max_length
    default: break
    }
  }

  public func copy(to c: inout Tokenwire__V1__GenerateRequest, in arena: inout Arena) {
    tokenwire__v1__generate_request__init(&c)
    c.model = arena.bytes(self.model)
    switch self.input {
    case nil: break
    case .prompt(let prompt):
      c.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT
      c.prompt = arena.bytes(prompt)
    case .messages(let messages):
      c.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_MESSAGES
      c.messages = arena.message(messages)
    case .promptTokenIDs(let promptTokenIDs):
      c.input_case = TOKENWIRE__V1__GENERATE_REQUEST__INPUT_PROMPT_TOKEN_IDS
      c.prompt_token_ids = arena.message(promptTokenIDs)
    }
    c.sampling = arena.message(self.sampling)
    if let maxTokens = self.maxTokens {
      c.max_tokens_presence_case = TOKENWIRE__V1__GENERATE_REQUEST__MAX_TOKENS_PRESENCE_MAX_TOKENS
      c.max_tokens = maxTokens
    }
    (c.n_stop, c.stop) = arena.strings(self.stop)
    c.echo = self.echo ? 1 : 0
    if let logprobs = self.logprobs {
      c.logprobs_presence_case = TOKENWIRE__V1__GENERATE_REQUEST__LOGPROBS_PRESENCE_LOGPROBS
      c.logprobs = logprobs
    }
    switch self.constraint {
    case nil: break
    case .jsonSchema(let jsonSchema):
      c.constraint_case = TOKENWIRE__V1__GENERATE_REQUEST__CONSTRAINT_JSON_SCHEMA
      c.json_schema = arena.bytes(jsonSchema)
    case .grammar(let grammar):
      c.constraint_case = TOKENWIRE__V1__GENERATE_REQUEST__CONSTRAINT_GRAMMAR
      c.grammar = arena.bytes(grammar)
    }
    c.access_token = arena.bytes(self.accessToken)
    c.timeout_nano = self.timeoutNano
    (c.n_metadata, c.metadata) = arena.map(self.metadata) { tokenwire__v1__generate_request__metadata_entry__init(&$0); ($0.key, $0.value) = ($1, $2) }
    if let n = self.n {
      c.n_presence_case = TOKENWIRE__V1__GENERATE_REQUEST__N_PRESENCE_N
      c.n = n
    }
    c.deterministic = self.deterministic ? 1 : 0
    if let promptLogprobs = self.promptLogprobs {
      c.prompt_logprobs_presence_case = TOKENWIRE__V1__GENERATE_REQUEST__PROMPT_LOGPROBS_PRESENCE_PROMPT_LOGPROBS
      c.prompt_logprobs = promptLogprobs
    }
    c.report_progress = self.reportProgress ? 1 : 0
    c.session_id = arena.bytes(self.sessionID)
    c.idempotency_key = arena.bytes(self.idempotencyKey)
    if let maxLength = self.maxLength {
      c.max_length_presence_case = TOKENWIRE__V1__GENERATE_REQUEST__MAX_LENGTH_PRESENCE_MAX_LENGTH
      c.max_length = maxLength
    }
  }
}

public struct GenerateResponse: Hashable, Sendable {
  /// 0 for the first message of a stream, then one more for each.
  public var seq: UInt64
  /// Tokens generated so far, including this message's; of all texts together.
  public var completionTokens: Int32
  public var event: Event?

  public init(
    seq: UInt64 = 0,
    completionTokens: Int32 = 0,
    event: Event? = nil
  ) {
    self.seq = seq
    self.completionTokens = completionTokens
    self.event = event
  }

  public enum Event: Hashable, Sendable {
    case started(Started)
    case delta(Delta)
    case finished(Finished)
    case progress(Progress)
    case promptLogprobs(PromptLogprobs)
  }
}

extension GenerateResponse: CMessage {
  private static let eventMembers = OneOf([3: "started", 4: "delta", 5: "finished", 6: "progress", 7: "prompt_logprobs"])

  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    try Self.eventMembers.check(bytes)
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__generate_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__GenerateResponse>? {
    tokenwire__v1__generate_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__GenerateResponse) throws(MessageError) {
    self.init(
      seq: c.seq,
      completionTokens: c.completion_tokens
    )
    switch c.event_case {
    case TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_STARTED:
      self.event = try CField.message(c.started).map(Event.started)
    case TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA:
      self.event = try CField.message(c.delta).map(Event.delta)
    case TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_FINISHED:
      self.event = try CField.message(c.finished).map(Event.finished)
    case TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_PROGRESS:
      self.event = try CField.message(c.progress).map(Event.progress)
    case TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_PROMPT_LOGPROBS:
      self.event = try CField.message(c.prompt_logprobs).map(Event.promptLogprobs)
    default: break
    }
  }

  public func copy(to c: inout Tokenwire__V1__GenerateResponse, in arena: inout Arena) {
    tokenwire__v1__generate_response__init(&c)
    c.seq = self.seq
    c.completion_tokens = self.completionTokens
    switch self.event {
    case nil: break
    case .started(let started):
      c.event_case = TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_STARTED
      c.started = arena.message(started)
    case .delta(let delta):
      c.event_case = TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_DELTA
      c.delta = arena.message(delta)
    case .finished(let finished):
      c.event_case = TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_FINISHED
      c.finished = arena.message(finished)
    case .progress(let progress):
      c.event_case = TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_PROGRESS
      c.progress = arena.message(progress)
    case .promptLogprobs(let promptLogprobs):
      c.event_case = TOKENWIRE__V1__GENERATE_RESPONSE__EVENT_PROMPT_LOGPROBS
      c.prompt_logprobs = arena.message(promptLogprobs)
    }
  }
}

public struct Started: Hashable, Sendable {
  /// Names this generation to `Abort` and `LogRequest`.
  @Bytewise public var generationID: String
  @Bytewise public var model: String
  /// With several texts, that of the first.
  public var seed: UInt32
  /// 0 when it is known only at the end: then `Usage` has it.
  public var promptTokens: Int32
  /// Prompt tokens that were cached and not computed again; with several texts, for the first.
  public var cachedTokens: Int32
  @Bytewise public var userID: String
  /// From the arrival of the request to the first work on it.
  public var queueTimeNano: Int64
  /// Of a model elsewhere: the server that generates the text, by its name in the operator's file.
  @Bytewise public var replica: String
  /// Of a model elsewhere: the model that this server says it uses, such as "gpt-4o-2024-08-06".
  @Bytewise public var upstreamModel: String

  public init(
    generationID: String = "",
    model: String = "",
    seed: UInt32 = 0,
    promptTokens: Int32 = 0,
    cachedTokens: Int32 = 0,
    userID: String = "",
    queueTimeNano: Int64 = 0,
    replica: String = "",
    upstreamModel: String = ""
  ) {
    self.generationID = generationID
    self.model = model
    self.seed = seed
    self.promptTokens = promptTokens
    self.cachedTokens = cachedTokens
    self.userID = userID
    self.queueTimeNano = queueTimeNano
    self.replica = replica
    self.upstreamModel = upstreamModel
  }
}

extension Started: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__started__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Started>? {
    tokenwire__v1__started__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Started) throws(MessageError) {
    self.init(
      generationID: try CField.string(c.generation_id, "Started.generation_id"),
      model: try CField.string(c.model, "Started.model"),
      seed: c.seed,
      promptTokens: c.prompt_tokens,
      cachedTokens: c.cached_tokens,
      userID: try CField.string(c.user_id, "Started.user_id"),
      queueTimeNano: c.queue_time_nano,
      replica: try CField.string(c.replica, "Started.replica"),
      upstreamModel: try CField.string(c.upstream_model, "Started.upstream_model")
    )
  }

  public func copy(to c: inout Tokenwire__V1__Started, in arena: inout Arena) {
    tokenwire__v1__started__init(&c)
    c.generation_id = arena.bytes(self.generationID)
    c.model = arena.bytes(self.model)
    c.seed = self.seed
    c.prompt_tokens = self.promptTokens
    c.cached_tokens = self.cachedTokens
    c.user_id = arena.bytes(self.userID)
    c.queue_time_nano = self.queueTimeNano
    c.replica = arena.bytes(self.replica)
    c.upstream_model = arena.bytes(self.upstreamModel)
  }
}

/// How far the prompt is computed; at most ten a second, before the first `delta`.
public struct Progress: Hashable, Sendable {
  /// Tokens of the prompt that are computed, or cached.
  public var processed: Int32
  /// All tokens of the prompt.
  public var total: Int32
  /// Those of `processed` that were cached.
  public var cached: Int32

  public init(
    processed: Int32 = 0,
    total: Int32 = 0,
    cached: Int32 = 0
  ) {
    self.processed = processed
    self.total = total
    self.cached = cached
  }
}

extension Progress: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__progress__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Progress>? {
    tokenwire__v1__progress__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Progress) throws(MessageError) {
    self.init(
      processed: c.processed,
      total: c.total,
      cached: c.cached
    )
  }

  public func copy(to c: inout Tokenwire__V1__Progress, in arena: inout Arena) {
    tokenwire__v1__progress__init(&c)
    c.processed = self.processed
    c.total = self.total
    c.cached = self.cached
  }
}

/// The probabilities of a stretch of the prompt. All stretches, in order, come before the first
/// `delta`; with several texts, once.
public struct PromptLogprobs: Hashable, Sendable {
  /// The position of the stretch in the prompt, in tokens.
  public var offset: Int32
  /// One for each token. The prompt's first has no probability: its `logprob` is 0, and `top` is
  /// empty.
  public var logprobs: [TokenLogprobs]

  public init(
    offset: Int32 = 0,
    logprobs: [TokenLogprobs] = []
  ) {
    self.offset = offset
    self.logprobs = logprobs
  }
}

extension PromptLogprobs: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__prompt_logprobs__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__PromptLogprobs>? {
    tokenwire__v1__prompt_logprobs__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__PromptLogprobs) throws(MessageError) {
    self.init(
      offset: c.offset,
      logprobs: try CField.messages(c.n_logprobs, c.logprobs)
    )
  }

  public func copy(to c: inout Tokenwire__V1__PromptLogprobs, in arena: inout Arena) {
    tokenwire__v1__prompt_logprobs__init(&c)
    c.offset = self.offset
    (c.n_logprobs, c.logprobs) = arena.messages(self.logprobs)
  }
}

public struct Delta: Hashable, Sendable {
  /// Always whole characters: one that is split over two tokens waits for its second half.
  @Bytewise public var text: String
  public var tokenIDs: [Int32]
  /// One for each of `token_ids`, when asked for.
  public var logprobs: [TokenLogprobs]
  /// With several texts, the index of this one; from 0.
  public var index: Int32
  /// What the model thinks before its answer, which `text` does not have.
  @Bytewise public var reasoningText: String
  /// Pieces of the model's calls, which `text` does not have.
  public var toolCalls: [ToolCallDelta]

  public init(
    text: String = "",
    tokenIDs: [Int32] = [],
    logprobs: [TokenLogprobs] = [],
    index: Int32 = 0,
    reasoningText: String = "",
    toolCalls: [ToolCallDelta] = []
  ) {
    self.text = text
    self.tokenIDs = tokenIDs
    self.logprobs = logprobs
    self.index = index
    self.reasoningText = reasoningText
    self.toolCalls = toolCalls
  }
}

extension Delta: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__delta__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Delta>? {
    tokenwire__v1__delta__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Delta) throws(MessageError) {
    self.init(
      text: try CField.string(c.text, "Delta.text"),
      tokenIDs: CField.numbers(c.n_token_ids, c.token_ids),
      logprobs: try CField.messages(c.n_logprobs, c.logprobs),
      index: c.index,
      reasoningText: try CField.string(c.reasoning_text, "Delta.reasoning_text"),
      toolCalls: try CField.messages(c.n_tool_calls, c.tool_calls)
    )
  }

  public func copy(to c: inout Tokenwire__V1__Delta, in arena: inout Arena) {
    tokenwire__v1__delta__init(&c)
    c.text = arena.bytes(self.text)
    (c.n_token_ids, c.token_ids) = arena.numbers(self.tokenIDs)
    (c.n_logprobs, c.logprobs) = arena.messages(self.logprobs)
    c.index = self.index
    c.reasoning_text = arena.bytes(self.reasoningText)
    (c.n_tool_calls, c.tool_calls) = arena.messages(self.toolCalls)
  }
}

/// A piece of a call. The `arguments` of one index, joined, are a JSON object, unless the text ends
/// before it does: then `Finished.incomplete` is set.
public struct ToolCallDelta: Hashable, Sendable {
  /// Which of the text's calls; from 0.
  public var index: Int32
  /// In the call's first piece.
  @Bytewise public var id: String
  /// In the call's first piece.
  @Bytewise public var name: String
  @Bytewise public var arguments: String

  public init(
    index: Int32 = 0,
    id: String = "",
    name: String = "",
    arguments: String = ""
  ) {
    self.index = index
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

extension ToolCallDelta: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__tool_call_delta__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ToolCallDelta>? {
    tokenwire__v1__tool_call_delta__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ToolCallDelta) throws(MessageError) {
    self.init(
      index: c.index,
      id: try CField.string(c.id, "ToolCallDelta.id"),
      name: try CField.string(c.name, "ToolCallDelta.name"),
      arguments: try CField.string(c.arguments, "ToolCallDelta.arguments")
    )
  }

  public func copy(to c: inout Tokenwire__V1__ToolCallDelta, in arena: inout Arena) {
    tokenwire__v1__tool_call_delta__init(&c)
    c.index = self.index
    c.id = arena.bytes(self.id)
    c.name = arena.bytes(self.name)
    c.arguments = arena.bytes(self.arguments)
  }
}

public struct TokenLogprobs: Hashable, Sendable {
  public var chosen: Logprob?
  /// The likeliest tokens, most likely first.
  public var top: [Logprob]

  public init(
    chosen: Logprob? = nil,
    top: [Logprob] = []
  ) {
    self.chosen = chosen
    self.top = top
  }
}

extension TokenLogprobs: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__token_logprobs__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__TokenLogprobs>? {
    tokenwire__v1__token_logprobs__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__TokenLogprobs) throws(MessageError) {
    self.init(
      chosen: try CField.message(c.chosen),
      top: try CField.messages(c.n_top, c.top)
    )
  }

  public func copy(to c: inout Tokenwire__V1__TokenLogprobs, in arena: inout Arena) {
    tokenwire__v1__token_logprobs__init(&c)
    c.chosen = arena.message(self.chosen)
    (c.n_top, c.top) = arena.messages(self.top)
  }
}

public struct Logprob: Hashable, Sendable {
  public var tokenID: Int32
  /// The token's bytes, which need not be whole characters.
  public var token: ByteBuffer
  /// The natural logarithm of the probability, before sampling options apply.
  public var logprob: Float

  public init(
    tokenID: Int32 = 0,
    token: ByteBuffer = ByteBuffer(),
    logprob: Float = 0
  ) {
    self.tokenID = tokenID
    self.token = token
    self.logprob = logprob
  }
}

extension Logprob: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__logprob__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Logprob>? {
    tokenwire__v1__logprob__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Logprob) throws(MessageError) {
    self.init(
      tokenID: c.token_id,
      token: CField.bytes(c.token),
      logprob: c.logprob
    )
  }

  public func copy(to c: inout Tokenwire__V1__Logprob, in arena: inout Arena) {
    tokenwire__v1__logprob__init(&c)
    c.token_id = self.tokenID
    c.token = arena.bytes(self.token)
    c.logprob = self.logprob
  }
}

public struct Finished: Hashable, Sendable {
  public var finishReason: FinishReason
  /// The stop string that ended the text, when one did.
  @Bytewise public var matchedStop: String
  public var usage: Usage?
  public var timings: Timings?
  /// The text ended before it satisfied the request's `json_schema` or `grammar`, or within a call of
  /// a tool.
  public var incomplete: Bool
  /// With several texts, the index of the one that has ended; from 0.
  public var index: Int32

  public init(
    finishReason: FinishReason = .unspecified,
    matchedStop: String = "",
    usage: Usage? = nil,
    timings: Timings? = nil,
    incomplete: Bool = false,
    index: Int32 = 0
  ) {
    self.finishReason = finishReason
    self.matchedStop = matchedStop
    self.usage = usage
    self.timings = timings
    self.incomplete = incomplete
    self.index = index
  }
}

extension Finished: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__finished__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Finished>? {
    tokenwire__v1__finished__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Finished) throws(MessageError) {
    self.init(
      finishReason: FinishReason(rawValue: c.finish_reason),
      matchedStop: try CField.string(c.matched_stop, "Finished.matched_stop"),
      usage: try CField.message(c.usage),
      timings: try CField.message(c.timings),
      incomplete: c.incomplete != 0,
      index: c.index
    )
  }

  public func copy(to c: inout Tokenwire__V1__Finished, in arena: inout Arena) {
    tokenwire__v1__finished__init(&c)
    c.finish_reason = self.finishReason.rawValue
    c.matched_stop = arena.bytes(self.matchedStop)
    c.usage = arena.message(self.usage)
    c.timings = arena.message(self.timings)
    c.incomplete = self.incomplete ? 1 : 0
    c.index = self.index
  }
}

public struct Usage: Hashable, Sendable {
  public var promptTokens: Int32
  public var completionTokens: Int32
  public var cachedTokens: Int32
  /// Those of `completion_tokens` that are in `reasoning_text`, and their marks.
  public var reasoningTokens: Int32
  /// Of a model elsewhere: where these numbers come from.
  public var source: UsageSource

  public init(
    promptTokens: Int32 = 0,
    completionTokens: Int32 = 0,
    cachedTokens: Int32 = 0,
    reasoningTokens: Int32 = 0,
    source: UsageSource = .unspecified
  ) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.cachedTokens = cachedTokens
    self.reasoningTokens = reasoningTokens
    self.source = source
  }
}

extension Usage: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__usage__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Usage>? {
    tokenwire__v1__usage__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Usage) throws(MessageError) {
    self.init(
      promptTokens: c.prompt_tokens,
      completionTokens: c.completion_tokens,
      cachedTokens: c.cached_tokens,
      reasoningTokens: c.reasoning_tokens,
      source: UsageSource(rawValue: c.source)
    )
  }

  public func copy(to c: inout Tokenwire__V1__Usage, in arena: inout Arena) {
    tokenwire__v1__usage__init(&c)
    c.prompt_tokens = self.promptTokens
    c.completion_tokens = self.completionTokens
    c.cached_tokens = self.cachedTokens
    c.reasoning_tokens = self.reasoningTokens
    c.source = self.source.rawValue
  }
}

public struct Timings: Hashable, Sendable {
  public var queueNano: Int64
  /// From the first work on the prompt to the first token.
  public var promptNano: Int64
  /// From the first token to the last.
  public var completionNano: Int64

  public init(
    queueNano: Int64 = 0,
    promptNano: Int64 = 0,
    completionNano: Int64 = 0
  ) {
    self.queueNano = queueNano
    self.promptNano = promptNano
    self.completionNano = completionNano
  }
}

extension Timings: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__timings__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Timings>? {
    tokenwire__v1__timings__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Timings) throws(MessageError) {
    self.init(
      queueNano: c.queue_nano,
      promptNano: c.prompt_nano,
      completionNano: c.completion_nano
    )
  }

  public func copy(to c: inout Tokenwire__V1__Timings, in arena: inout Arena) {
    tokenwire__v1__timings__init(&c)
    c.queue_nano = self.queueNano
    c.prompt_nano = self.promptNano
    c.completion_nano = self.completionNano
  }
}

public struct AbortRequest: Hashable, Sendable {
  @Bytewise public var generationID: String

  public init(
    generationID: String = ""
  ) {
    self.generationID = generationID
  }
}

extension AbortRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__abort_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__AbortRequest>? {
    tokenwire__v1__abort_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__AbortRequest) throws(MessageError) {
    self.init(
      generationID: try CField.string(c.generation_id, "AbortRequest.generation_id")
    )
  }

  public func copy(to c: inout Tokenwire__V1__AbortRequest, in arena: inout Arena) {
    tokenwire__v1__abort_request__init(&c)
    c.generation_id = arena.bytes(self.generationID)
  }
}

public struct AbortResponse: Hashable, Sendable {
  public init() {}
}

extension AbortResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__abort_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__AbortResponse>? {
    tokenwire__v1__abort_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__AbortResponse) throws(MessageError) {
    self.init()
  }

  public func copy(to c: inout Tokenwire__V1__AbortResponse, in arena: inout Arena) {
    tokenwire__v1__abort_response__init(&c)
  }
}

public struct ListModelsRequest: Hashable, Sendable {
  public init() {}
}

extension ListModelsRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__list_models_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ListModelsRequest>? {
    tokenwire__v1__list_models_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ListModelsRequest) throws(MessageError) {
    self.init()
  }

  public func copy(to c: inout Tokenwire__V1__ListModelsRequest, in arena: inout Arena) {
    tokenwire__v1__list_models_request__init(&c)
  }
}

public struct ListModelsResponse: Hashable, Sendable {
  public var models: [Model]

  public init(
    models: [Model] = []
  ) {
    self.models = models
  }
}

extension ListModelsResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__list_models_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ListModelsResponse>? {
    tokenwire__v1__list_models_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ListModelsResponse) throws(MessageError) {
    self.init(
      models: try CField.messages(c.n_models, c.models)
    )
  }

  public func copy(to c: inout Tokenwire__V1__ListModelsResponse, in arena: inout Arena) {
    tokenwire__v1__list_models_response__init(&c)
    (c.n_models, c.models) = arena.messages(self.models)
  }
}

public struct Model: Hashable, Sendable {
  @Bytewise public var id: String
  /// The model file's own description, such as "llama 135M Q8_0".
  @Bytewise public var description: String
  public var parameters: UInt64
  public var sizeBytes: UInt64
  /// The longest prompt and text together, in tokens, that this server accepts; 2147483647 is unlimited,
  /// or unknown.
  public var contextLength: Int32
  /// Used when a request names no model.
  public var isDefault: Bool
  /// How the weights are stored, such as "Q8_0".
  @Bytewise public var quantization: String
  /// Of a model that was never loaded, only the id is known.
  public var state: ModelState
  /// The context length that the model was trained for, in tokens; 0 is unknown.
  public var trainingContextLength: Int32
  /// What the model's chat template knows; absent when it has none, or was never loaded.
  public var chatTemplate: ChatTemplate?
  /// The kind of server that has the model, such as "openai"; empty for a model here.
  @Bytewise public var upstreamKind: String

  public init(
    id: String = "",
    description: String = "",
    parameters: UInt64 = 0,
    sizeBytes: UInt64 = 0,
    contextLength: Int32 = 0,
    isDefault: Bool = false,
    quantization: String = "",
    state: ModelState = .unspecified,
    trainingContextLength: Int32 = 0,
    chatTemplate: ChatTemplate? = nil,
    upstreamKind: String = ""
  ) {
    self.id = id
    self.description = description
    self.parameters = parameters
    self.sizeBytes = sizeBytes
    self.contextLength = contextLength
    self.isDefault = isDefault
    self.quantization = quantization
    self.state = state
    self.trainingContextLength = trainingContextLength
    self.chatTemplate = chatTemplate
    self.upstreamKind = upstreamKind
  }
}

extension Model: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__model__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__Model>? {
    tokenwire__v1__model__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__Model) throws(MessageError) {
    self.init(
      id: try CField.string(c.id, "Model.id"),
      description: try CField.string(c.description, "Model.description"),
      parameters: c.parameters,
      sizeBytes: c.size_bytes,
      contextLength: c.context_length,
      isDefault: c.is_default != 0,
      quantization: try CField.string(c.quantization, "Model.quantization"),
      state: ModelState(rawValue: c.state),
      trainingContextLength: c.training_context_length,
      chatTemplate: try CField.message(c.chat_template),
      upstreamKind: try CField.string(c.upstream_kind, "Model.upstream_kind")
    )
  }

  public func copy(to c: inout Tokenwire__V1__Model, in arena: inout Arena) {
    tokenwire__v1__model__init(&c)
    c.id = arena.bytes(self.id)
    c.description = arena.bytes(self.description)
    c.parameters = self.parameters
    c.size_bytes = self.sizeBytes
    c.context_length = self.contextLength
    c.is_default = self.isDefault ? 1 : 0
    c.quantization = arena.bytes(self.quantization)
    c.state = self.state.rawValue
    c.training_context_length = self.trainingContextLength
    c.chat_template = arena.message(self.chatTemplate)
    c.upstream_kind = arena.bytes(self.upstreamKind)
  }
}

public struct ChatTemplate: Hashable, Sendable {
  /// Tools and calls of tools. Without it, the server describes tools to the model in words of its own.
  public var tools: Bool
  /// Whether the model can be asked to think before its answer, or not to.
  public var reasoning: Bool
  /// Messages of the role "system".
  public var systemRole: Bool

  public init(
    tools: Bool = false,
    reasoning: Bool = false,
    systemRole: Bool = false
  ) {
    self.tools = tools
    self.reasoning = reasoning
    self.systemRole = systemRole
  }
}

extension ChatTemplate: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__chat_template__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__ChatTemplate>? {
    tokenwire__v1__chat_template__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__ChatTemplate) throws(MessageError) {
    self.init(
      tools: c.tools != 0,
      reasoning: c.reasoning != 0,
      systemRole: c.system_role != 0
    )
  }

  public func copy(to c: inout Tokenwire__V1__ChatTemplate, in arena: inout Arena) {
    tokenwire__v1__chat_template__init(&c)
    c.tools = self.tools ? 1 : 0
    c.reasoning = self.reasoning ? 1 : 0
    c.system_role = self.systemRole ? 1 : 0
  }
}

public struct CountTokensRequest: Hashable, Sendable {
  @Bytewise public var model: String
  public var input: Input?
  /// Whether to answer the tokens, too.
  public var returnTokens: Bool

  public init(
    model: String = "",
    input: Input? = nil,
    returnTokens: Bool = false
  ) {
    self.model = model
    self.input = input
    self.returnTokens = returnTokens
  }

  public enum Input: Hashable, Sendable {
    case prompt(String)
    case messages(ChatMessages)
    case promptTokenIDs(TokenIDs)

    public static func == (left: Input, right: Input) -> Bool {
      switch (left, right) {
      case (.prompt(let left), .prompt(let right)):
        Identifier(left) == Identifier(right)
      case (.messages(let left), .messages(let right)):
        left == right
      case (.promptTokenIDs(let left), .promptTokenIDs(let right)):
        left == right
      default: false
      }
    }

    public func hash(into hasher: inout Hasher) {
      switch self {
      case .prompt(let value):
        hasher.combine(2)
        hasher.combine(Identifier(value))
      case .messages(let value):
        hasher.combine(3)
        hasher.combine(value)
      case .promptTokenIDs(let value):
        hasher.combine(4)
        hasher.combine(value)
      }
    }
  }
}

extension CountTokensRequest: CMessage {
  private static let inputMembers = OneOf([2: "prompt", 3: "messages", 4: "prompt_token_ids"])

  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    try Self.inputMembers.check(bytes)
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__count_tokens_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__CountTokensRequest>? {
    tokenwire__v1__count_tokens_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__CountTokensRequest) throws(MessageError) {
    self.init(
      model: try CField.string(c.model, "CountTokensRequest.model"),
      returnTokens: c.return_tokens != 0
    )
    switch c.input_case {
    case TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_PROMPT:
      self.input = try .prompt(CField.string(c.prompt, "CountTokensRequest.prompt"))
    case TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_MESSAGES:
      self.input = try CField.message(c.messages).map(Input.messages)
    case TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_PROMPT_TOKEN_IDS:
      self.input = try CField.message(c.prompt_token_ids).map(Input.promptTokenIDs)
    default: break
    }
  }

  public func copy(to c: inout Tokenwire__V1__CountTokensRequest, in arena: inout Arena) {
    tokenwire__v1__count_tokens_request__init(&c)
    c.model = arena.bytes(self.model)
    switch self.input {
    case nil: break
    case .prompt(let prompt):
      c.input_case = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_PROMPT
      c.prompt = arena.bytes(prompt)
    case .messages(let messages):
      c.input_case = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_MESSAGES
      c.messages = arena.message(messages)
    case .promptTokenIDs(let promptTokenIDs):
      c.input_case = TOKENWIRE__V1__COUNT_TOKENS_REQUEST__INPUT_PROMPT_TOKEN_IDS
      c.prompt_token_ids = arena.message(promptTokenIDs)
    }
    c.return_tokens = self.returnTokens ? 1 : 0
  }
}

public struct CountTokensResponse: Hashable, Sendable {
  public var tokens: Int32
  /// The context length, to compare with; as Model.context_length.
  public var contextLength: Int32
  /// If asked for.
  public var tokenIDs: [Int32]

  public init(
    tokens: Int32 = 0,
    contextLength: Int32 = 0,
    tokenIDs: [Int32] = []
  ) {
    self.tokens = tokens
    self.contextLength = contextLength
    self.tokenIDs = tokenIDs
  }
}

extension CountTokensResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__count_tokens_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__CountTokensResponse>? {
    tokenwire__v1__count_tokens_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__CountTokensResponse) throws(MessageError) {
    self.init(
      tokens: c.tokens,
      contextLength: c.context_length,
      tokenIDs: CField.numbers(c.n_token_ids, c.token_ids)
    )
  }

  public func copy(to c: inout Tokenwire__V1__CountTokensResponse, in arena: inout Arena) {
    tokenwire__v1__count_tokens_response__init(&c)
    c.tokens = self.tokens
    c.context_length = self.contextLength
    (c.n_token_ids, c.token_ids) = arena.numbers(self.tokenIDs)
  }
}

public struct DetokenizeRequest: Hashable, Sendable {
  @Bytewise public var model: String
  public var tokenIDs: [Int32]

  public init(
    model: String = "",
    tokenIDs: [Int32] = []
  ) {
    self.model = model
    self.tokenIDs = tokenIDs
  }
}

extension DetokenizeRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__detokenize_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__DetokenizeRequest>? {
    tokenwire__v1__detokenize_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__DetokenizeRequest) throws(MessageError) {
    self.init(
      model: try CField.string(c.model, "DetokenizeRequest.model"),
      tokenIDs: CField.numbers(c.n_token_ids, c.token_ids)
    )
  }

  public func copy(to c: inout Tokenwire__V1__DetokenizeRequest, in arena: inout Arena) {
    tokenwire__v1__detokenize_request__init(&c)
    c.model = arena.bytes(self.model)
    (c.n_token_ids, c.token_ids) = arena.numbers(self.tokenIDs)
  }
}

public struct DetokenizeResponse: Hashable, Sendable {
  /// With control tokens as text, such as "<|im_end|>". Bytes that are no UTF-8 are U+FFFD.
  @Bytewise public var text: String

  public init(
    text: String = ""
  ) {
    self.text = text
  }
}

extension DetokenizeResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__detokenize_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__DetokenizeResponse>? {
    tokenwire__v1__detokenize_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__DetokenizeResponse) throws(MessageError) {
    self.init(
      text: try CField.string(c.text, "DetokenizeResponse.text")
    )
  }

  public func copy(to c: inout Tokenwire__V1__DetokenizeResponse, in arena: inout Arena) {
    tokenwire__v1__detokenize_response__init(&c)
    c.text = arena.bytes(self.text)
  }
}

public struct LogRequestRequest: Hashable, Sendable {
  @Bytewise public var prompt: String
  @Bytewise public var response: String
  @Bytewise public var model: String
  @Bytewise public var generationID: String
  public var metadata: TextMap
  /// The same key of the same user is stored once and answered with the first entry.
  @Bytewise public var idempotencyKey: String
  /// Secret. For clients that cannot send metadata; metadata wins.
  @Bytewise public var accessToken: String
  /// That of the generation. At most 128 bytes.
  @Bytewise public var sessionID: String

  public init(
    prompt: String = "",
    response: String = "",
    model: String = "",
    generationID: String = "",
    metadata: TextMap = [:],
    idempotencyKey: String = "",
    accessToken: String = "",
    sessionID: String = ""
  ) {
    self.prompt = prompt
    self.response = response
    self.model = model
    self.generationID = generationID
    self.metadata = metadata
    self.idempotencyKey = idempotencyKey
    self.accessToken = accessToken
    self.sessionID = sessionID
  }
}

extension LogRequestRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__log_request_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__LogRequestRequest>? {
    tokenwire__v1__log_request_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__LogRequestRequest) throws(MessageError) {
    self.init(
      prompt: try CField.string(c.prompt, "LogRequestRequest.prompt"),
      response: try CField.string(c.response, "LogRequestRequest.response"),
      model: try CField.string(c.model, "LogRequestRequest.model"),
      generationID: try CField.string(c.generation_id, "LogRequestRequest.generation_id"),
      metadata: try CField.map(c.n_metadata, c.metadata, "LogRequestRequest.metadata") { ($0.key, $0.value) },
      idempotencyKey: try CField.string(c.idempotency_key, "LogRequestRequest.idempotency_key"),
      accessToken: try CField.string(c.access_token, "LogRequestRequest.access_token"),
      sessionID: try CField.string(c.session_id, "LogRequestRequest.session_id")
    )
  }

  public func copy(to c: inout Tokenwire__V1__LogRequestRequest, in arena: inout Arena) {
    tokenwire__v1__log_request_request__init(&c)
    c.prompt = arena.bytes(self.prompt)
    c.response = arena.bytes(self.response)
    c.model = arena.bytes(self.model)
    c.generation_id = arena.bytes(self.generationID)
    (c.n_metadata, c.metadata) = arena.map(self.metadata) { tokenwire__v1__log_request_request__metadata_entry__init(&$0); ($0.key, $0.value) = ($1, $2) }
    c.idempotency_key = arena.bytes(self.idempotencyKey)
    c.access_token = arena.bytes(self.accessToken)
    c.session_id = arena.bytes(self.sessionID)
  }
}

public struct LogRequestResponse: Hashable, Sendable {
  @Bytewise public var message: String
  /// A ULID.
  @Bytewise public var id: String
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var timestampUnixMicros: Int64
  public var durability: Durability

  public init(
    message: String = "",
    id: String = "",
    timestampUnixMicros: Int64 = 0,
    durability: Durability = .unspecified
  ) {
    self.message = message
    self.id = id
    self.timestampUnixMicros = timestampUnixMicros
    self.durability = durability
  }
}

extension LogRequestResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__log_request_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__LogRequestResponse>? {
    tokenwire__v1__log_request_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__LogRequestResponse) throws(MessageError) {
    self.init(
      message: try CField.string(c.message, "LogRequestResponse.message"),
      id: try CField.string(c.id, "LogRequestResponse.id"),
      timestampUnixMicros: c.timestamp_unix_micros,
      durability: Durability(rawValue: c.durability)
    )
  }

  public func copy(to c: inout Tokenwire__V1__LogRequestResponse, in arena: inout Arena) {
    tokenwire__v1__log_request_response__init(&c)
    c.message = arena.bytes(self.message)
    c.id = arena.bytes(self.id)
    c.timestamp_unix_micros = self.timestampUnixMicros
    c.durability = self.durability.rawValue
  }
}

public struct QueryLogsRequest: Hashable, Sendable {
  /// Whose entries; empty is the caller's own. Another user's need the scope "admin".
  @Bytewise public var userID: String
  /// Microseconds since 1970-01-01T00:00:00Z, inclusive; 0 is no bound.
  public var sinceUnixMicros: Int64
  /// Exclusive; 0 is no bound.
  public var untilUnixMicros: Int64
  @Bytewise public var model: String
  /// Words that must all be in the prompt or the response; at most 1,024 bytes. "two words" is a
  /// phrase, star* a prefix. It ends with RESOURCE_EXHAUSTED when finding the next entries takes
  /// longer than 5 s.
  @Bytewise public var search: String
  /// At most this many entries; 0 is no limit.
  public var limit: Int64
  /// Continue after this entry.
  @Bytewise public var afterID: String
  public var order: LogOrder
  /// Secret. For clients that cannot send metadata; metadata wins.
  @Bytewise public var accessToken: String
  /// Waits for new entries at the end, until the server stops; only for the oldest first.
  public var follow: Bool
  /// Only entries of this session; empty is all.
  @Bytewise public var sessionID: String

  public init(
    userID: String = "",
    sinceUnixMicros: Int64 = 0,
    untilUnixMicros: Int64 = 0,
    model: String = "",
    search: String = "",
    limit: Int64 = 0,
    afterID: String = "",
    order: LogOrder = .unspecified,
    accessToken: String = "",
    follow: Bool = false,
    sessionID: String = ""
  ) {
    self.userID = userID
    self.sinceUnixMicros = sinceUnixMicros
    self.untilUnixMicros = untilUnixMicros
    self.model = model
    self.search = search
    self.limit = limit
    self.afterID = afterID
    self.order = order
    self.accessToken = accessToken
    self.follow = follow
    self.sessionID = sessionID
  }
}

extension QueryLogsRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__query_logs_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__QueryLogsRequest>? {
    tokenwire__v1__query_logs_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__QueryLogsRequest) throws(MessageError) {
    self.init(
      userID: try CField.string(c.user_id, "QueryLogsRequest.user_id"),
      sinceUnixMicros: c.since_unix_micros,
      untilUnixMicros: c.until_unix_micros,
      model: try CField.string(c.model, "QueryLogsRequest.model"),
      search: try CField.string(c.search, "QueryLogsRequest.search"),
      limit: c.limit,
      afterID: try CField.string(c.after_id, "QueryLogsRequest.after_id"),
      order: LogOrder(rawValue: c.order),
      accessToken: try CField.string(c.access_token, "QueryLogsRequest.access_token"),
      follow: c.follow != 0,
      sessionID: try CField.string(c.session_id, "QueryLogsRequest.session_id")
    )
  }

  public func copy(to c: inout Tokenwire__V1__QueryLogsRequest, in arena: inout Arena) {
    tokenwire__v1__query_logs_request__init(&c)
    c.user_id = arena.bytes(self.userID)
    c.since_unix_micros = self.sinceUnixMicros
    c.until_unix_micros = self.untilUnixMicros
    c.model = arena.bytes(self.model)
    c.search = arena.bytes(self.search)
    c.limit = self.limit
    c.after_id = arena.bytes(self.afterID)
    c.order = self.order.rawValue
    c.access_token = arena.bytes(self.accessToken)
    c.follow = self.follow ? 1 : 0
    c.session_id = arena.bytes(self.sessionID)
  }
}

public struct LogEntry: Hashable, Sendable {
  public var seq: UInt64
  @Bytewise public var id: String
  @Bytewise public var userID: String
  @Bytewise public var prompt: String
  @Bytewise public var response: String
  @Bytewise public var model: String
  @Bytewise public var generationID: String
  public var metadata: TextMap
  public var timestampUnixMicros: Int64
  /// The sizes of prompt and response, in bytes of UTF-8, if the texts are missing; otherwise 0.
  public var promptBytes: Int64
  public var responseBytes: Int64
  /// What is missing although the log has it, and why, such as texts that are too long for a
  /// message. Empty if nothing is.
  @Bytewise public var notice: String
  @Bytewise public var sessionID: String

  public init(
    seq: UInt64 = 0,
    id: String = "",
    userID: String = "",
    prompt: String = "",
    response: String = "",
    model: String = "",
    generationID: String = "",
    metadata: TextMap = [:],
    timestampUnixMicros: Int64 = 0,
    promptBytes: Int64 = 0,
    responseBytes: Int64 = 0,
    notice: String = "",
    sessionID: String = ""
  ) {
    self.seq = seq
    self.id = id
    self.userID = userID
    self.prompt = prompt
    self.response = response
    self.model = model
    self.generationID = generationID
    self.metadata = metadata
    self.timestampUnixMicros = timestampUnixMicros
    self.promptBytes = promptBytes
    self.responseBytes = responseBytes
    self.notice = notice
    self.sessionID = sessionID
  }
}

extension LogEntry: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__log_entry__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__LogEntry>? {
    tokenwire__v1__log_entry__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__LogEntry) throws(MessageError) {
    self.init(
      seq: c.seq,
      id: try CField.string(c.id, "LogEntry.id"),
      userID: try CField.string(c.user_id, "LogEntry.user_id"),
      prompt: try CField.string(c.prompt, "LogEntry.prompt"),
      response: try CField.string(c.response, "LogEntry.response"),
      model: try CField.string(c.model, "LogEntry.model"),
      generationID: try CField.string(c.generation_id, "LogEntry.generation_id"),
      metadata: try CField.map(c.n_metadata, c.metadata, "LogEntry.metadata") { ($0.key, $0.value) },
      timestampUnixMicros: c.timestamp_unix_micros,
      promptBytes: c.prompt_bytes,
      responseBytes: c.response_bytes,
      notice: try CField.string(c.notice, "LogEntry.notice"),
      sessionID: try CField.string(c.session_id, "LogEntry.session_id")
    )
  }

  public func copy(to c: inout Tokenwire__V1__LogEntry, in arena: inout Arena) {
    tokenwire__v1__log_entry__init(&c)
    c.seq = self.seq
    c.id = arena.bytes(self.id)
    c.user_id = arena.bytes(self.userID)
    c.prompt = arena.bytes(self.prompt)
    c.response = arena.bytes(self.response)
    c.model = arena.bytes(self.model)
    c.generation_id = arena.bytes(self.generationID)
    (c.n_metadata, c.metadata) = arena.map(self.metadata) { tokenwire__v1__log_entry__metadata_entry__init(&$0); ($0.key, $0.value) = ($1, $2) }
    c.timestamp_unix_micros = self.timestampUnixMicros
    c.prompt_bytes = self.promptBytes
    c.response_bytes = self.responseBytes
    c.notice = arena.bytes(self.notice)
    c.session_id = arena.bytes(self.sessionID)
  }
}

public struct EraseLogsRequest: Hashable, Sendable {
  /// Whose entries.
  @Bytewise public var userID: String
  /// Secret. For clients that cannot send metadata; metadata wins.
  @Bytewise public var accessToken: String

  public init(
    userID: String = "",
    accessToken: String = ""
  ) {
    self.userID = userID
    self.accessToken = accessToken
  }
}

extension EraseLogsRequest: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__erase_logs_request__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__EraseLogsRequest>? {
    tokenwire__v1__erase_logs_request__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__EraseLogsRequest) throws(MessageError) {
    self.init(
      userID: try CField.string(c.user_id, "EraseLogsRequest.user_id"),
      accessToken: try CField.string(c.access_token, "EraseLogsRequest.access_token")
    )
  }

  public func copy(to c: inout Tokenwire__V1__EraseLogsRequest, in arena: inout Arena) {
    tokenwire__v1__erase_logs_request__init(&c)
    c.user_id = arena.bytes(self.userID)
    c.access_token = arena.bytes(self.accessToken)
  }
}

public struct EraseLogsResponse: Hashable, Sendable {
  /// What was erased, and the size of its texts.
  public var entries: Int64
  public var bytes: Int64

  public init(
    entries: Int64 = 0,
    bytes: Int64 = 0
  ) {
    self.entries = entries
    self.bytes = bytes
  }
}

extension EraseLogsResponse: CMessage {
  public init(serialized bytes: ByteBuffer) throws(MessageError) {
    self = try Self.decode(bytes)
  }

  public func serialize(into buffer: inout ByteBuffer) {
    self.encode(into: &buffer)
  }

  public static var descriptor: ProtobufCMessageDescriptor {
    tokenwire__v1__erase_logs_response__descriptor
  }

  public static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<Tokenwire__V1__EraseLogsResponse>? {
    tokenwire__v1__erase_logs_response__unpack(allocator, bytes.count, bytes.baseAddress)
  }

  public init(_ c: Tokenwire__V1__EraseLogsResponse) throws(MessageError) {
    self.init(
      entries: c.entries,
      bytes: c.bytes
    )
  }

  public func copy(to c: inout Tokenwire__V1__EraseLogsResponse, in arena: inout Arena) {
    tokenwire__v1__erase_logs_response__init(&c)
    c.entries = self.entries
    c.bytes = self.bytes
  }
}

public struct ToolChoiceMode: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// As AUTO.
  public static let unspecified = ToolChoiceMode(rawValue: 0)
  /// The model may call tools.
  public static let auto = ToolChoiceMode(rawValue: 1)
  /// The model answers without calling tools.
  public static let none = ToolChoiceMode(rawValue: 2)
  /// The model calls at least one tool.
  public static let required = ToolChoiceMode(rawValue: 3)
}

public struct Reasoning: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// As AUTO.
  public static let unspecified = Reasoning(rawValue: 0)
  /// As the model does: a model here thinks before it answers, if its template knows how.
  public static let auto = Reasoning(rawValue: 1)
  /// The model answers at once, if its template knows how.
  public static let off = Reasoning(rawValue: 2)
  /// The model thinks before it answers, if it can: some models elsewhere do so only when asked.
  public static let on = Reasoning(rawValue: 3)
}

/// How thoroughly a model thinks, if it knows such efforts; others think as they do.
public struct ReasoningEffort: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// As the model does.
  public static let unspecified = ReasoningEffort(rawValue: 0)
  public static let minimal = ReasoningEffort(rawValue: 1)
  public static let low = ReasoningEffort(rawValue: 2)
  public static let medium = ReasoningEffort(rawValue: 3)
  public static let high = ReasoningEffort(rawValue: 4)
  public static let xhigh = ReasoningEffort(rawValue: 5)
  public static let max = ReasoningEffort(rawValue: 6)
}

public struct FinishReason: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public static let unspecified = FinishReason(rawValue: 0)
  /// The model ended its text.
  public static let stop = FinishReason(rawValue: 1)
  /// One of the request's `stop` strings appeared.
  public static let stopSequence = FinishReason(rawValue: 2)
  /// `max_tokens` were generated.
  public static let length = FinishReason(rawValue: 3)
  /// Prompt and text fill the context.
  public static let contextLength = FinishReason(rawValue: 4)
  /// `Abort` ended it.
  public static let cancelled = FinishReason(rawValue: 5)
  /// Not sent: a call whose time is over ends with DEADLINE_EXCEEDED, without a `Finished`.
  public static let deadline = FinishReason(rawValue: 6)
  /// Not sent: a text that fails ends its call with an error, without a `Finished`.
  public static let error = FinishReason(rawValue: 7)
  /// The model ended its text with calls of tools.
  public static let toolCalls = FinishReason(rawValue: 8)
  /// Of a model elsewhere: its server's filter ended the text.
  public static let contentFilter = FinishReason(rawValue: 9)
}

public struct UsageSource: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The model is here, and its tokens are counted.
  public static let unspecified = UsageSource(rawValue: 0)
  /// The model's server has told them.
  public static let reported = UsageSource(rawValue: 1)
  /// An estimate from the length of the text: the model's server has not told them.
  public static let counted = UsageSource(rawValue: 2)
}

public struct ModelState: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public static let unspecified = ModelState(rawValue: 0)
  public static let unloaded = ModelState(rawValue: 1)
  public static let loading = ModelState(rawValue: 2)
  public static let ready = ModelState(rawValue: 3)
  /// A model elsewhere, none of whose servers answers.
  public static let unavailable = ModelState(rawValue: 4)
}

public struct Durability: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public static let unspecified = Durability(rawValue: 0)
  /// Survives a crash of the process and of the machine.
  public static let synced = Durability(rawValue: 1)
  /// The same, but on the disk of the server that answered: the entry comes into the log's database, and
  /// into lists, later.
  public static let localSynced = Durability(rawValue: 2)
}

public struct LogOrder: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public static let unspecified = LogOrder(rawValue: 0)
  public static let newestFirst = LogOrder(rawValue: 1)
  public static let oldestFirst = LogOrder(rawValue: 2)
}
