public import Identifiers

/// What callers may know about a model.
public struct ModelDescription: Sendable, Hashable {
  /// The model's name in requests.
  public var id: Identifier
  /// The description in the model file, such as "llama 135M Q8_0".
  public var description: String
  /// How the weights are stored, such as "Q8_0"; empty without weights.
  public var quantization: String
  /// The number of the model's weights; 0 when there are none.
  public var parameters: UInt64
  /// The size of the weights, in bytes.
  public var sizeBytes: UInt64
  /// The most tokens in a prompt and its text together.
  public var contextLength: Int
  /// The context length that the model was trained for, in tokens; 0 when that is unknown.
  public var trainingContextLength: Int
  /// What its chat template knows; nil without one.
  public var chatTemplate: ChatTemplateDescription?
  /// The kind of server that has the model, such as "openai"; empty for a model here.
  @Bytewise public var upstreamKind: String
  /// Whether it can generate now, as far as that is known.
  public var isAvailable: Bool

  /// Creates a description of a model.
  public init(
    id: Identifier,
    description: String,
    quantization: String = "",
    parameters: UInt64,
    sizeBytes: UInt64,
    contextLength: Int,
    trainingContextLength: Int = 0,
    chatTemplate: ChatTemplateDescription? = nil,
    upstreamKind: String = "",
    isAvailable: Bool = true
  ) {
    self.id = id
    self.description = description
    self.quantization = quantization
    self.parameters = parameters
    self.sizeBytes = sizeBytes
    self.contextLength = contextLength
    self.trainingContextLength = trainingContextLength
    self.chatTemplate = chatTemplate
    self.upstreamKind = upstreamKind
    self.isAvailable = isAvailable
  }
}

/// What a chat template knows.
public struct ChatTemplateDescription: Sendable, Hashable {
  /// Tools and calls of tools. Without it, tools are described to the model in words of our own.
  public var tools: Bool
  /// Whether the model can be asked to think, or not to.
  public var reasoning: Bool
  /// Messages of the role "system".
  public var systemRole: Bool

  /// Creates a description.
  public init(tools: Bool, reasoning: Bool, systemRole: Bool) {
    self.tools = tools
    self.reasoning = reasoning
    self.systemRole = systemRole
  }
}
