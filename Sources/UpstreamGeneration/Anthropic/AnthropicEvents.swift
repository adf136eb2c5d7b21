internal import Generation
internal import Identifiers
internal import JSON

/// Reads the events of `/messages` (https://platform.claude.com/docs/en/build-with-claude/streaming).
struct AnthropicEvents: AnswerEvents {
  /// Is in no text that is read here.
  let key: APIKey?
  /// The calls so far, by the numbers of their blocks.
  private var calls: [Int: Int] = [:]
  private var thoughts = ThoughtAssembly()
  /// Servers tell parts of it at the beginning and others at the end.
  private var usage = AnthropicEvent.Usage()
  private let memory: ThoughtMemory
  private let requester: Requester
  private let asksForThoughts: Bool

  /// - Parameters:
  ///   - request: what is answered.
  ///   - memory: gets what the model has thought before its calls.
  init(key: APIKey?, to request: GenerationRequest, _ memory: ThoughtMemory) {
    self.key = key
    self.memory = memory
    self.requester = request.requester
    self.asksForThoughts = request.asksForThoughts
  }

  mutating func read(
    _ event: ServerSentEvent,
    into parts: inout [AnswerPart]
  ) throws(UpstreamFailure) {
    if event.data.isEmpty || event.name.elementsEqual("ping".utf8) { return }
    var message: AnthropicEvent
    do throws(JSONError) {
      message = try AnthropicEvent(event.data)
    } catch {
      throw .malformed("has an event that cannot be read: \(error)")
    }
    if event.name.elementsEqual("error".utf8) { message.type = "error" }
    switch message.type {
    case "error":
      let words = UpstreamWords(event.data, without: self.key)
      throw UpstreamFailure(reported: [message.errorType], words)
    case "message_start":
      if !message.model.isEmpty { parts.append(.model(message.model)) }
      self.take(message.usage, &parts)
    case "content_block_start", "content_block_delta": self.read(message, &parts)
    case "message_delta":
      // Before the end, which it counts.
      self.take(message.usage, &parts)
      try self.end(message, &parts)
    case "message_stop": parts.append(.done)
    // The whole answer of a server that does not stream.
    case "message":
      if !message.model.isEmpty { parts.append(.model(message.model)) }
      for block in message.blocks { self.read(block, &parts) }
      self.take(message.usage, &parts)
      try self.end(message, &parts)
      parts.append(.done)
    // Pings, the ends of blocks, and what is new.
    default: break
    }
  }

  private mutating func read(_ message: AnthropicEvent, _ parts: inout [AnswerPart]) {
    var piece = AnswerPiece(text: message.text, reasoning: message.thinking)
    self.thoughts.take(message)
    // Tools that the server calls by itself are not the caller's.
    if message.blockType == "tool_use" {
      let index = self.calls.count
      self.calls[message.index] = index
      if let thoughts = self.thoughts.thoughts {
        self.memory.keep(
          thoughts,
          before: message.callID,
          for: self.requester,
          isAsked: self.asksForThoughts
        )
      }
      piece.calls = [
        CallPiece(
          index: index,
          id: message.callID,
          name: message.callName,
          arguments: message.callInput
        )
      ]
    } else if !message.partialJSON.isEmpty, let index = self.calls[message.index] {
      piece.calls = [CallPiece(index: index, arguments: message.partialJSON)]
    }
    if !piece.text.isEmpty || !piece.reasoning.isEmpty || !piece.calls.isEmpty {
      parts.append(.piece(piece))
    }
  }

  private mutating func take(_ usage: AnthropicEvent.Usage, _ parts: inout [AnswerPart]) {
    self.usage.update(usage)
    var reported = self.usage.reported
    // What an event before it says of the text is of a shorter one.
    reported.completionTokens = usage.output
    parts.append(.usage(reported))
  }

  private func end(
    _ message: AnthropicEvent,
    _ parts: inout [AnswerPart]
  ) throws(UpstreamFailure) {
    guard let name = message.stopReason else { return }
    switch ToldReason(name) {
    case .none: return
    case .failed, .unknown: throw .ended(with: name, key: self.key)
    case .ended(let reason):
      parts.append(.end(index: 0, reason: reason, matchedStop: message.stopSequence))
    }
  }
}

extension GenerationRequest {
  fileprivate var asksForThoughts: Bool {
    guard case .conversation(let conversation) = self.input else { return false }
    return conversation.reasoning == .on || conversation.maximumReasoningTokens != nil
  }
}

/// One event of a message, of any type: what the types have in common has one place.
struct AnthropicEvent {
  var type: Identifier = ""
  /// The number of the block.
  var index = 0
  var model: Identifier = ""
  var text = ""
  var thinking = ""
  /// Of `thinking`, which is taken back with it alone.
  var signature = ""
  /// What the model thought, in a form that Anthropic alone can read.
  var redactedThinking = ""
  /// Of a block that begins a call.
  var callID: Identifier = ""
  var callName: Identifier = ""
  var blockType: Identifier = ""
  /// Arguments that come with the beginning; empty when they come in pieces.
  var callInput = ""
  var partialJSON = ""
  var stopReason: Identifier?
  var stopSequence: Identifier?
  var usage = Usage()
  /// Those of a whole message.
  var blocks: [AnthropicEvent] = []
  var errorType: Identifier = ""

  /// Anthropic counts what was cached beside the other tokens of a prompt.
  struct Usage {
    var input: Int?
    var cacheCreation: Int?
    var cacheRead: Int?
    var output: Int?

    /// Takes what a later event says.
    mutating func update(_ later: Usage) {
      self.input.update(later.input)
      self.cacheCreation.update(later.cacheCreation)
      self.cacheRead.update(later.cacheRead)
      self.output.update(later.output)
    }

    var reported: ReportedUsage {
      ReportedUsage(
        promptTokens: self.input.map { $0 + (self.cacheCreation ?? 0) + (self.cacheRead ?? 0) },
        completionTokens: self.output,
        cachedTokens: self.cacheRead
      )
    }
  }

  init(_ bytes: [UInt8]) throws(JSONError) {
    var json = JSONReader(bytes, limits: .answer)
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "type": self.type = Identifier(try json.string())
      case "index": self.index = try json.count() ?? 0
      case "message" where try json.nextType() == .object: try self.readMessage(&json)
      // The members of a whole message.
      case "model" where try json.isStringNext(): self.model = Identifier(try json.string())
      case "content" where try json.isArrayNext(): try self.readBlocks(&json)
      case "stop_reason": self.stopReason = try json.optionalString().map { Identifier($0) }
      case "stop_sequence": self.stopSequence = try json.optionalString().map { Identifier($0) }
      case "content_block" where try json.nextType() == .object,
        "delta" where try json.nextType() == .object:
        try self.readContent(&json)
      case "usage" where try json.nextType() == .object: try self.readUsage(&json)
      case "error" where try json.nextType() == .object: try self.readError(&json)
      default: try json.skip()
      }
    }
    try json.end()
  }

  /// One of the blocks of a whole message.
  private init(block index: Int) {
    self.index = index
  }

  private mutating func readBlocks(_ json: inout JSONReader) throws(JSONError) {
    try json.beginArray()
    while try json.nextElement() {
      guard try json.nextType() == .object else {
        try json.skip()
        continue
      }
      var block = AnthropicEvent(block: self.blocks.count)
      try block.readContent(&json)
      self.blocks.append(block)
    }
  }

  private mutating func readMessage(_ json: inout JSONReader) throws(JSONError) {
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "model": self.model = Identifier(try json.optionalString() ?? "")
      case "usage" where try json.nextType() == .object: try self.readUsage(&json)
      default: try json.skip()
      }
    }
  }

  /// A block at its beginning, its next piece, or the end of the message.
  private mutating func readContent(_ json: inout JSONReader) throws(JSONError) {
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "text": self.text = try json.optionalString() ?? ""
      case "thinking": self.thinking = try json.optionalString() ?? ""
      case "signature": self.signature = try json.optionalString() ?? ""
      case "data" where try json.isStringNext(): self.redactedThinking = try json.string()
      case "type" where try json.isStringNext(): self.blockType = Identifier(try json.string())
      case "input" where try json.nextType() == .object:
        let input = json.bytes[try json.skippedValue()]
        // An empty object stands for arguments that follow.
        if input.contains(UInt8(ascii: ":")) {
          self.callInput = String(decoding: input, as: UTF8.self)
        }
      case "id": self.callID = Identifier(try json.optionalString() ?? "")
      case "name": self.callName = Identifier(try json.optionalString() ?? "")
      case "partial_json": self.partialJSON = try json.optionalString() ?? ""
      case "stop_reason": self.stopReason = try json.optionalString().map { Identifier($0) }
      case "stop_sequence": self.stopSequence = try json.optionalString().map { Identifier($0) }
      default: try json.skip()
      }
    }
  }

  private mutating func readUsage(_ json: inout JSONReader) throws(JSONError) {
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "input_tokens": self.usage.input = try json.count()
      case "cache_creation_input_tokens": self.usage.cacheCreation = try json.count()
      case "cache_read_input_tokens": self.usage.cacheRead = try json.count()
      case "output_tokens": self.usage.output = try json.count()
      default: try json.skip()
      }
    }
  }

  private mutating func readError(_ json: inout JSONReader) throws(JSONError) {
    try json.beginObject()
    while let name = try json.nextName() {
      if name == "type", try json.isStringNext() {
        self.errorType = Identifier(try json.string())
      } else {
        try json.skip()
      }
    }
  }
}
