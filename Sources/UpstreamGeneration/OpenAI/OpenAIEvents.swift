internal import Generation
internal import Identifiers
internal import JSON

/// Reads the events of `/chat/completions` and `/completions`, and their whole answers
/// (https://platform.openai.com/docs/api-reference/chat-streaming).
struct OpenAIEvents: AnswerEvents {
  /// Is in no text that is read here.
  let key: APIKey?
  /// Whether a reason that nobody knows is an end like others: what came decides.
  private let takesUnknownReasons: Bool
  private var saysModel = false

  init(key: APIKey?, takesUnknownReasons: Bool) {
    (self.key, self.takesUnknownReasons) = (key, takesUnknownReasons)
  }

  mutating func read(
    _ event: ServerSentEvent,
    into parts: inout [AnswerPart]
  ) throws(UpstreamFailure) {
    let data = event.data.drop { $0 == 0x20 }
    if data.starts(with: "[DONE]".utf8) {
      parts.append(.done)
      return
    }
    // Keepalives of some servers.
    if data.isEmpty || data.elementsEqual("null".utf8) { return }
    if event.name.elementsEqual("ping".utf8) { return }
    let chunk: OpenAIChunk
    do throws(JSONError) {
      chunk = try OpenAIChunk(event.data)
    } catch {
      throw .malformed("has an event that cannot be read: \(error)")
    }
    if chunk.logprobCount > Self.maximumLogprobs {
      throw .malformed("has more than \(Self.maximumLogprobs) probabilities of tokens in an event")
    }
    if chunk.hasError || event.name.elementsEqual("error".utf8) {
      let words = UpstreamWords(event.data, without: self.key)
      throw UpstreamFailure(reported: chunk.errorTypes, words)
    }
    if !self.saysModel, !chunk.model.isEmpty {
      self.saysModel = true
      parts.append(.model(chunk.model))
    }
    // Before the text, whose tokens it counts.
    if let usage = chunk.usage { parts.append(.usage(usage)) }
    for choice in chunk.choices {
      if choice.hasPiece {
        var piece = choice.piece
        piece.isCounted = chunk.usage?.countsText == true
        parts.append(.piece(piece))
      }
      guard let name = choice.finishReason, let reason = try self.reason(name) else { continue }
      let isStopped = choice.stopReason != nil && reason == .ended(.stop)
      parts.append(
        .end(
          index: choice.piece.index,
          reason: isStopped ? .stopSequence : reason.known,
          matchedStop: choice.stopReason
        )
      )
    }
  }

  /// - Returns: nil where the text goes on.
  private func reason(_ name: Identifier) throws(UpstreamFailure) -> ToldReason? {
    let reason = ToldReason(name)
    if reason == .failed || (reason == .unknown && !self.takesUnknownReasons) {
      throw .ended(with: name, key: self.key)
    }
    return reason == .none ? nil : reason
  }

  /// More than the alternatives of all tokens that a server sends at once, and as many as a message holds.
  private static let maximumLogprobs = 1 << 16
}

/// A chunk of an answer, or a whole one.
struct OpenAIChunk {
  var model: Identifier = ""
  var choices: [Choice] = []
  var usage: ReportedUsage?
  var hasError = false
  /// The error's code and its type, as far as they are there.
  var errorTypes: [Identifier] = []

  struct Choice {
    var piece = AnswerPiece()
    var finishReason: Identifier?
    /// The stop string that ended the text, from servers that say it.
    var stopReason: Identifier?

    var hasPiece: Bool {
      !self.piece.text.isEmpty || !self.piece.reasoning.isEmpty || !self.piece.calls.isEmpty
        || !self.piece.logprobs.isEmpty
    }
  }

  /// How many probabilities it has, with those of alternatives.
  var logprobCount: Int {
    self.choices.reduce(0) { count, choice in
      choice.piece.logprobs.reduce(count) { $0 + 1 + $1.top.count }
    }
  }

  init(_ bytes: [UInt8]) throws(JSONError) {
    var json = JSONReader(bytes, limits: .answer)
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "model": self.model = Identifier(try json.optionalString() ?? "")
      case "choices" where try json.isArrayNext():
        try json.beginArray()
        while try json.nextElement() {
          if try json.nextType() == .object {
            self.choices.append(try Self.choice(&json))
          } else {
            try json.skip()
          }
        }
      case "usage" where try json.nextType() == .object: self.usage = try Self.usage(&json)
      case "error":
        var error = json
        self.hasError = try error.saysSomething() || self.hasError
        self.errorTypes = try Self.errorTypes(&json)
      // As older versions of vLLM have it.
      case "object" where try json.isStringNext():
        if Identifier(try json.string()) == "error" { self.hasError = true }
      default: try json.skip()
      }
    }
    try json.end()
  }

  private static func errorTypes(_ json: inout JSONReader) throws(JSONError) -> [Identifier] {
    guard try json.nextType() == .object else {
      try json.skip()
      return []
    }
    var type: Identifier?
    var code: Identifier?
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "type" where try json.isStringNext(): type = Identifier(try json.string())
      case "code" where try json.isStringNext(): code = Identifier(try json.string())
      case "code" where try json.nextType() == .number:
        code = Identifier("\(try json.count() ?? 0)")
      default: try json.skip()
      }
    }
    // The code tells more where both are there.
    return [code, type].compactMap { $0 }
  }

  private static func choice(_ json: inout JSONReader) throws(JSONError) -> Choice {
    var choice = Choice()
    // Some servers send the same text under several names, or with each piece all pieces so far.
    var delta: AnswerPiece?
    var message: AnswerPiece?
    var text: String?
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "index": choice.piece.index = try json.count() ?? 0
      case "text": text = try json.textOrParts().text
      case "delta" where try json.nextType() == .object: delta = try Self.delta(&json)
      case "message" where try json.nextType() == .object:
        message = try Self.delta(&json)
        // A whole list: what its elements are is where they are.
        for number in message?.calls.indices ?? 0 ..< 0 { message?.calls[number].index = number }
      case "logprobs" where try json.nextType() == .object:
        choice.piece.logprobs = try json.logprobs()
      case "finish_reason" where try json.isStringNext():
        choice.finishReason = Identifier(try json.string())
      case "stop_reason", "matched_stop":
        if try json.isStringNext() {
          choice.stopReason = Identifier(try json.string())
        } else {
          // The id of a token.
          try json.skip()
        }
      default: try json.skip()
      }
    }
    if let piece = delta ?? message {
      choice.piece.text = piece.text
      choice.piece.reasoning = piece.reasoning
      choice.piece.calls = piece.calls
    } else {
      choice.piece.text = text ?? ""
    }
    return choice
  }

  private static func delta(_ json: inout JSONReader) throws(JSONError) -> AnswerPiece {
    var piece = AnswerPiece()
    var hasReasoning = false
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      // A refusal is what the model says.
      case "content", "refusal":
        let parts = try json.textOrParts()
        piece.text += parts.text
        piece.reasoning += parts.thoughts
      case "reasoning_content", "reasoning":
        // Some servers send the same text under both names.
        if try json.isStringNext(), !hasReasoning {
          let thoughts = try json.string()
          piece.reasoning += thoughts
          hasReasoning = !thoughts.isEmpty
        } else {
          try json.skip()
        }
      case "tool_calls" where try json.isArrayNext():
        try json.beginArray()
        while try json.nextElement() {
          if try json.nextType() == .object {
            piece.calls.append(try Self.call(&json))
          } else {
            try json.skip()
          }
        }
      // As text-generation-inference up to 3.1 has it.
      case "tool_calls" where try json.nextType() == .object:
        piece.calls.append(try Self.call(&json))
      case "function_call" where try json.nextType() == .object:
        var call = CallPiece(index: 0)
        try Self.function(&json, &call)
        piece.calls.append(call)
      default: try json.skip()
      }
    }
    return piece
  }

  private static func call(_ json: inout JSONReader) throws(JSONError) -> CallPiece {
    var call = CallPiece()
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "index" where try json.nextType() == .number:
        call.index = try json.count()
      case "id" where try json.isStringNext(): call.id = Identifier(try json.string())
      case "function" where try json.nextType() == .object: try Self.function(&json, &call)
      default: try json.skip()
      }
    }
    return call
  }

  private static func function(
    _ json: inout JSONReader,
    _ call: inout CallPiece
  ) throws(JSONError) {
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "name" where try json.isStringNext(): call.name = Identifier(try json.string())
      // Some servers give the object itself in place of its text.
      case "arguments" where try json.nextType() == .object:
        call.arguments = String(decoding: json.bytes[try json.skippedValue()], as: UTF8.self)
      case "arguments" where try json.isStringNext(): call.arguments = try json.string()
      default: try json.skip()
      }
    }
  }

  private static func usage(_ json: inout JSONReader) throws(JSONError) -> ReportedUsage {
    var usage = ReportedUsage()
    var total: Int?
    try json.beginObject()
    while let name = try json.nextName() {
      switch name {
      case "prompt_tokens": usage.promptTokens = try json.count()
      case "completion_tokens": usage.completionTokens = try json.count()
      case "total_tokens": total = try json.count()
      case "prompt_tokens_details" where try json.nextType() == .object:
        usage.cachedTokens = try json.member("cached_tokens")
      case "completion_tokens_details" where try json.nextType() == .object:
        usage.reasoningTokens = try json.member("reasoning_tokens")
      default: try json.skip()
      }
    }
    // xAI counts thoughts beside the text, and in the total alone.
    if let prompt = usage.promptTokens, let text = usage.completionTokens,
      let thoughts = usage.reasoningTokens, total == prompt + text + thoughts
    {
      usage.completionTokens = text + thoughts
    }
    return usage
  }
}

extension JSONReader {
  /// Reads a number of tokens; what is none is nil.
  mutating func count() throws(JSONError) -> Int? {
    guard try self.nextType() == .number else {
      try self.skip()
      return nil
    }
    return Int(min(max(0, try self.number()), Double(Int32.max)))
  }

  /// Reads a string, or a list of parts with texts and thoughts, as Mistral's models send it.
  fileprivate mutating func textOrParts() throws(JSONError) -> (text: String, thoughts: String) {
    if try self.isStringNext() { return (try self.string(), "") }
    guard try self.isArrayNext() else {
      try self.skip()
      return ("", "")
    }
    var text = ""
    var thoughts = ""
    try self.beginArray()
    while try self.nextElement() {
      guard try self.nextType() == .object else {
        try self.skip()
        continue
      }
      try self.beginObject()
      while let name = try self.nextName() {
        switch name {
        case "text" where try self.isStringNext(): text += try self.string()
        // It has parts of its own. The reader bounds how deep they go.
        case "thinking": thoughts += try self.textOrParts().text
        default: try self.skip()
        }
      }
    }
    return (text, thoughts)
  }

  /// Reads a value, and returns whether it is an error: some servers send an empty one with each chunk.
  fileprivate mutating func saysSomething() throws(JSONError) -> Bool {
    switch try self.nextType() {
    case .string: return try !self.string().isEmpty
    case .number: return try self.number() != 0
    case .object:
      var says = false
      try self.beginObject()
      while try self.nextName() != nil { says = try self.saysSomething() || says }
      return says
    case .array:
      var says = false
      try self.beginArray()
      while try self.nextElement() { says = try self.saysSomething() || says }
      return says
    case .bool, .null:
      try self.skip()
      return false
    }
  }

  /// Reads an object, and returns the number of tokens under this name.
  fileprivate mutating func member(_ wanted: JSONName) throws(JSONError) -> Int? {
    var count: Int?
    try self.beginObject()
    while let name = try self.nextName() {
      if name == wanted { count = try self.count() } else { try self.skip() }
    }
    return count
  }
}
