internal import Generation
internal import Identifiers
internal import JSON

/// A conversation as llama_chat.h takes it.
struct ChatRequest {
  private let conversation: Conversation
  /// Whether the template gets the tools; if not, they are described in a system message.
  private let describesTools: Bool
  /// The arguments of each call, a string when they are no JSON object, and the parameters of each tool.
  private let arguments: [[JSONValue]]
  private let parameters: [JSONValue]

  private static let limits = JSONLimits(depth: 64, members: 4096)

  /// - Throws: `invalidRequest` when parameters are no JSON object.
  init(_ conversation: Conversation, _ abilities: ChatTemplate.Abilities) throws(GenerationError) {
    self.conversation = conversation
    self.describesTools = abilities.supportsTools
    var arguments: [[JSONValue]] = []
    for message in conversation.messages {
      // Those of a call that was cut are no object: the model sees what it wrote.
      arguments.append(
        message.toolCalls.map { call in
          (try? Self.object(call.arguments, "")) ?? .string(Identifier(call.arguments))
        }
      )
    }
    self.arguments = arguments
    var parameters: [JSONValue] = []
    for (index, tool) in conversation.tools.enumerated() {
      let field = "tools[\(index)].parameters"
      let schema = try Self.object(tool.parameters, field)
      if let type = schema.otherType {
        throw GenerationError(
          .invalidRequest,
          "\(field): the type at the top is \"\(type)\", but the arguments of a call are an object"
        )
      }
      parameters.append(schema)
    }
    self.parameters = parameters
  }

  /// Empty is an object without members.
  private static func object(_ text: String, _ field: String) throws(GenerationError) -> JSONValue {
    if text.isEmpty { return .object([]) }
    do throws(JSONError) {
      let value = try JSONValue(text, limits: self.limits)
      if case .object = value { return value }
    } catch {
      throw GenerationError(.invalidRequest, "\(field) is no JSON: \(error)")
    }
    throw GenerationError(.invalidRequest, "\(field) is no JSON object")
  }

  /// What the model may call, by its place among the tools.
  var callable: [(index: Int, tool: Tool)] {
    let names = Set(self.conversation.callableTools.map(\.name))
    return self.conversation.tools.enumerated().filter { names.contains($0.element.name) }
      .map { (index: $0.offset, tool: $0.element) }
  }

  /// - Parameters:
  ///   - marks: put into what callers write; nil puts none.
  ///   - placeholders: whether the literals of `placeholder(_:)` take the place of parameters.
  ///   - onlyPrompts: whether nothing but the prompts is wanted.
  func json(
    _ marks: TextMarks?,
    placeholders: Bool = false,
    onlyPrompts: Bool = false
  ) -> [UInt8] {
    var writer = JSONWriter(capacity: 4096)
    writer.begin("messages")
    writer.beginArray()
    for (message, arguments) in zip(self.messages, self.messageArguments) {
      writer.beginElement()
      self.write(message, arguments, marks, to: &writer)
    }
    writer.endArray()
    self.writeTools(marks, placeholders, to: &writer)
    writer.member("only_prompts", onlyPrompts)
    writer.member("continues", self.continues)
    writer.member("describes_tools", self.describesTools)
    writer.end()
    return writer.bytes
  }

  /// All but the messages.
  var form: [UInt8] {
    var writer = JSONWriter(capacity: 1024)
    self.writeTools(nil, false, to: &writer)
    writer.end()
    return writer.bytes
  }

  private func writeTools(_ marks: TextMarks?, _ placeholders: Bool, to writer: inout JSONWriter) {
    let marked = { (text: String) in marks?.marked(text) ?? text }
    writer.begin("tools")
    writer.beginArray()
    for (index, tool) in self.callable {
      writer.beginElement()
      writer.beginObject()
      writer.member("type", "function")
      writer.begin("function")
      writer.beginObject()
      writer.member("name", marked(tool.name.text))
      writer.member("description", marked(tool.description))
      writer.begin("parameters")
      if placeholders {
        writer.beginObject()
        writer.member("const", Self.placeholder(index))
        writer.end()
      } else {
        let parameters = self.parameters[index]
        writer.value(marks?.marked(parameters) ?? parameters)
      }
      writer.end()
      writer.end()
    }
    writer.endArray()
    writer.member("tool_choice", self.choice)
    writer.member("parallel_tool_calls", self.conversation.allowsParallelToolCalls)
    writer.member("reasoning", self.conversation.reasons)
    writer.member("reasoning_effort", self.conversation.reasoningEffort?.rawValue ?? "")
  }

  /// Whether the last message is an assistant's, which is continued.
  var continues: Bool { self.conversation.messages.last?.role == .assistant }

  /// How many tokens the model may think.
  var maximumThinking: Int { self.conversation.maximumReasoningTokens ?? .max }

  /// What stands in a grammar for the arguments of a tool.
  static func placeholder(_ index: Int) -> String { "arguments of tool \(index)" }

  private var choice: String {
    switch self.conversation.toolChoice {
    case .auto: "auto"
    case .none: "none"
    case .required, .named: "required"
    }
  }

  private func write(
    _ message: ChatMessage,
    _ arguments: [JSONValue],
    _ marks: TextMarks?,
    to writer: inout JSONWriter
  ) {
    let marked = { (text: String) in marks?.marked(text) ?? text }
    writer.beginObject()
    writer.member("role", message.role.rawValue)
    writer.member("content", marked(message.content))
    if !message.reasoning.isEmpty { writer.member("reasoning_content", marked(message.reasoning)) }
    if let id = message.toolCallID { writer.member("tool_call_id", marked(id.text)) }
    if !message.toolCalls.isEmpty {
      writer.begin("tool_calls")
      writer.beginArray()
      for (call, arguments) in zip(message.toolCalls, arguments) {
        writer.beginElement()
        writer.beginObject()
        writer.member("type", "function")
        writer.member("id", marked(call.id.text))
        writer.begin("function")
        writer.beginObject()
        writer.member("name", marked(call.name.text))
        writer.member("arguments", (marks?.marked(arguments) ?? arguments).spacedText)
        writer.end()
        writer.end()
      }
      writer.endArray()
    }
    writer.end()
  }

  private var messageArguments: [[JSONValue]] {
    self.describesTools
      ? self.arguments : Array(repeating: [], count: self.conversation.messages.count + 1)
  }

  /// The messages that the template gets.
  private var messages: [ChatMessage] {
    if self.describesTools { return self.conversation.messages }
    var messages = zip(self.conversation.messages, self.arguments).map { message, arguments in
      message.withPlainCalls(arguments)
    }
    guard let description = self.description else { return messages }
    if let role = messages.first?.role, role == .system || role == .developer {
      messages[0].content += "\n\n" + description
    } else {
      messages.insert(ChatMessage(role: .system, content: description), at: 0)
    }
    return messages
  }

  /// What a model is told whose template knows no tools.
  private var description: String? {
    let tools = self.callable
    if tools.isEmpty { return nil }
    let lines = tools.map { index, tool in
      var writer = JSONWriter()
      writer.member("name", tool.name.text)
      writer.member("description", tool.description)
      writer.begin("parameters")
      writer.value(self.parameters[index])
      writer.end()
      return String(decoding: writer.bytes, as: UTF8.self)
    }
    return """
      You can call these tools:
      \(lines.joined(separator: "\n"))
      To call one, write <tool_call>{"name": NAME, "arguments": {ARGUMENTS}}</tool_call>.
      """
  }
}

extension ChatMessage {
  /// The message for a template that knows neither calls nor results.
  fileprivate func withPlainCalls(_ arguments: [JSONValue]) -> ChatMessage {
    if self.role == .tool {
      let content = "<tool_response>\(self.content)</tool_response>"
      return ChatMessage(role: .user, content: content)
    }
    if self.toolCalls.isEmpty { return self }
    var message = self
    message.toolCalls = []
    message.content += zip(self.toolCalls, arguments).map { call, arguments in
      var writer = JSONWriter()
      writer.member("name", call.name.text)
      writer.begin("arguments")
      writer.value(arguments)
      writer.end()
      return "<tool_call>\(String(decoding: writer.bytes, as: UTF8.self))</tool_call>"
    }
    .joined(separator: "\n")
    return message
  }
}

extension JSONValue {
  /// The JSON with spaces as Python writes it, which models were trained with. Some templates take
  /// arguments as they are.
  fileprivate var spacedText: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let text): text
    case .string(let text): Self.literal(text.text)
    case .array(let elements):
      "[" + elements.map(\.spacedText).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { Self.literal($0.name.text) + ": " + $0.value.spacedText }
        .joined(separator: ", ") + "}"
    }
  }

  private static func literal(_ text: String) -> String {
    // A writer writes one object: of that, the value of its only member.
    var writer = JSONWriter()
    writer.begin("")
    let start = writer.bytes.count
    writer.string(text)
    return String(decoding: writer.bytes[start...], as: UTF8.self)
  }
}

extension JSONValue {
  /// The type that a schema asks for, if it is one of JSON Schema's but not an object.
  fileprivate var otherType: Identifier? {
    guard case .object(let members) = self,
      case .string(let type)? = members.first(where: { $0.name == "type" })?.value,
      ["string", "number", "integer", "boolean", "array", "null"].contains(type)
    else { return nil }
    return type
  }
}
