// Generated from Protos/tokenwire/v1/tokenwire.proto by `make proto`: do not edit.
// swift-format-ignore-file

package import Identifiers
package import Protobuf

extension ChatMessage: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "role"),
    MessageField(2, "content"),
    MessageField(3, "content_parts", json: "contentParts", message: ContentPart.self),
    MessageField(4, "tool_calls", json: "toolCalls", message: ToolCall.self),
    MessageField(5, "tool_call_id", json: "toolCallId"),
    MessageField(6, "reasoning_text", json: "reasoningText"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.role)
      case 2: try json.read(&self.content)
      case 3: try json.read(&self.contentParts)
      case 4: try json.read(&self.toolCalls)
      case 5: try json.read(&self.toolCallID)
      case 6: try json.read(&self.reasoningText)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("role", self.role)
    json.field("content", self.content)
    json.field("content_parts", self.contentParts)
    json.field("tool_calls", self.toolCalls)
    json.field("tool_call_id", self.toolCallID)
    json.field("reasoning_text", self.reasoningText)
  }
}

extension ContentPart: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "type"),
    MessageField(2, "text"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.type)
      case 2: try json.read(&self.text)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("type", self.type)
    json.field("text", self.text)
  }
}

extension ToolCall: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "id"),
    MessageField(2, "name"),
    MessageField(3, "arguments"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.id)
      case 2: try json.read(&self.name)
      case 3: try json.read(&self.arguments)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("id", self.id)
    json.field("name", self.name)
    json.field("arguments", self.arguments)
  }
}

extension Tool: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "name"),
    MessageField(2, "description"),
    MessageField(3, "parameters"),
    MessageField(4, "strict"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.name)
      case 2: try json.read(&self.description)
      case 3: try json.read(&self.parameters)
      case 4: try json.read(&self.strict)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("name", self.name)
    json.field("description", self.description)
    json.field("parameters", self.parameters)
    json.field("strict", self.strict)
  }
}

extension ToolChoice: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "mode", enumeration: ToolChoiceMode.self),
    MessageField(2, "name"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.mode)
      case 2: try json.read(&self.name)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("mode", self.mode)
    json.field("name", self.name)
  }
}

extension ChatMessages: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "messages", message: ChatMessage.self),
    MessageField(2, "tools", message: Tool.self),
    MessageField(3, "tool_choice", json: "toolChoice", message: ToolChoice.self),
    MessageField(4, "parallel_tool_calls", json: "parallelToolCalls"),
    MessageField(5, "reasoning", enumeration: Reasoning.self),
    MessageField(6, "reasoning_max_tokens", json: "reasoningMaxTokens"),
    MessageField(7, "reasoning_effort", json: "reasoningEffort", enumeration: ReasoningEffort.self),
    MessageField(8, "cache_prompt", json: "cachePrompt"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.messages)
      case 2: try json.read(&self.tools)
      case 3: try json.read(&self.toolChoice)
      case 4: try json.read(&self.parallelToolCalls)
      case 5: try json.read(&self.reasoning)
      case 6: try json.read(&self.reasoningMaxTokens)
      case 7: try json.read(&self.reasoningEffort)
      case 8: try json.read(&self.cachePrompt)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("messages", self.messages)
    json.field("tools", self.tools)
    json.present("tool_choice", self.toolChoice)
    json.present("parallel_tool_calls", self.parallelToolCalls)
    json.field("reasoning", self.reasoning)
    json.present("reasoning_max_tokens", self.reasoningMaxTokens)
    json.field("reasoning_effort", self.reasoningEffort)
    json.field("cache_prompt", self.cachePrompt)
  }
}

extension TokenIDs: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "ids"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.ids)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("ids", self.ids)
  }
}

extension LogitBias: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "token_id", json: "tokenId"),
    MessageField(2, "bias"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.tokenID)
      case 2: try json.read(&self.bias)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("token_id", self.tokenID)
    json.field("bias", self.bias)
  }
}

extension SamplingOptions: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "temperature"),
    MessageField(2, "top_k", json: "topK"),
    MessageField(3, "top_p", json: "topP"),
    MessageField(4, "min_p", json: "minP"),
    MessageField(5, "repeat_penalty", json: "repeatPenalty"),
    MessageField(6, "repeat_last_n", json: "repeatLastN"),
    MessageField(7, "presence_penalty", json: "presencePenalty"),
    MessageField(8, "frequency_penalty", json: "frequencyPenalty"),
    MessageField(9, "seed"),
    MessageField(10, "logit_bias", json: "logitBias", message: LogitBias.self),
    MessageField(11, "ignore_eos", json: "ignoreEos"),
    MessageField(12, "min_tokens", json: "minTokens"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.temperature)
      case 2: try json.read(&self.topK)
      case 3: try json.read(&self.topP)
      case 4: try json.read(&self.minP)
      case 5: try json.read(&self.repeatPenalty)
      case 6: try json.read(&self.repeatLastN)
      case 7: try json.read(&self.presencePenalty)
      case 8: try json.read(&self.frequencyPenalty)
      case 9: try json.read(&self.seed)
      case 10: try json.read(&self.logitBias)
      case 11: try json.read(&self.ignoreEos)
      case 12: try json.read(&self.minTokens)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.present("temperature", self.temperature)
    json.present("top_k", self.topK)
    json.present("top_p", self.topP)
    json.present("min_p", self.minP)
    json.present("repeat_penalty", self.repeatPenalty)
    json.present("repeat_last_n", self.repeatLastN)
    json.present("presence_penalty", self.presencePenalty)
    json.present("frequency_penalty", self.frequencyPenalty)
    json.present("seed", self.seed)
    json.field("logit_bias", self.logitBias)
    json.field("ignore_eos", self.ignoreEos)
    json.field("min_tokens", self.minTokens)
  }
}

extension GenerateRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "model"),
    MessageField(2, "prompt", oneOf: "input"),
    MessageField(3, "messages", oneOf: "input", message: ChatMessages.self),
    MessageField(4, "prompt_token_ids", json: "promptTokenIds", oneOf: "input", message: TokenIDs.self),
    MessageField(5, "sampling", message: SamplingOptions.self),
    MessageField(6, "max_tokens", json: "maxTokens"),
    MessageField(7, "stop"),
    MessageField(8, "echo"),
    MessageField(9, "logprobs"),
    MessageField(10, "json_schema", json: "jsonSchema", oneOf: "constraint"),
    MessageField(11, "grammar", oneOf: "constraint"),
    MessageField(12, "access_token", json: "accessToken", isSecret: true),
    MessageField(13, "timeout_nano", json: "timeoutNano"),
    MessageField(14, "metadata"),
    MessageField(15, "n"),
    MessageField(16, "deterministic"),
    MessageField(17, "prompt_logprobs", json: "promptLogprobs"),
    MessageField(18, "report_progress", json: "reportProgress"),
    MessageField(19, "session_id", json: "sessionId"),
    MessageField(20, "idempotency_key", json: "idempotencyKey"),
    MessageField(21, "max_length", json: "maxLength"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.model)
      case 2: self.input = .prompt(try json.value())
      case 3: self.input = .messages(try json.value())
      case 4: self.input = .promptTokenIDs(try json.value())
      case 5: try json.read(&self.sampling)
      case 6: try json.read(&self.maxTokens)
      case 7: try json.read(&self.stop)
      case 8: try json.read(&self.echo)
      case 9: try json.read(&self.logprobs)
      case 10: self.constraint = .jsonSchema(try json.value())
      case 11: self.constraint = .grammar(try json.value())
      case 12: try json.read(&self.accessToken)
      case 13: try json.read(&self.timeoutNano)
      case 14: try json.read(&self.metadata)
      case 15: try json.read(&self.n)
      case 16: try json.read(&self.deterministic)
      case 17: try json.read(&self.promptLogprobs)
      case 18: try json.read(&self.reportProgress)
      case 19: try json.read(&self.sessionID)
      case 20: try json.read(&self.idempotencyKey)
      case 21: try json.read(&self.maxLength)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("model", self.model)
    switch self.input {
    case nil: break
    case .prompt(let value): json.present("prompt", value)
    case .messages(let value): json.present("messages", value)
    case .promptTokenIDs(let value): json.present("prompt_token_ids", value)
    }
    json.present("sampling", self.sampling)
    json.present("max_tokens", self.maxTokens)
    json.field("stop", self.stop)
    json.field("echo", self.echo)
    json.present("logprobs", self.logprobs)
    switch self.constraint {
    case nil: break
    case .jsonSchema(let value): json.present("json_schema", value)
    case .grammar(let value): json.present("grammar", value)
    }
    json.field("access_token", self.accessToken)
    json.field("timeout_nano", self.timeoutNano)
    json.field("metadata", self.metadata)
    json.present("n", self.n)
    json.field("deterministic", self.deterministic)
    json.present("prompt_logprobs", self.promptLogprobs)
    json.field("report_progress", self.reportProgress)
    json.field("session_id", self.sessionID)
    json.field("idempotency_key", self.idempotencyKey)
    json.present("max_length", self.maxLength)
  }
}

extension GenerateResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "seq"),
    MessageField(2, "completion_tokens", json: "completionTokens"),
    MessageField(3, "started", oneOf: "event", message: Started.self),
    MessageField(4, "delta", oneOf: "event", message: Delta.self),
    MessageField(5, "finished", oneOf: "event", message: Finished.self),
    MessageField(6, "progress", oneOf: "event", message: Progress.self),
    MessageField(7, "prompt_logprobs", json: "promptLogprobs", oneOf: "event", message: PromptLogprobs.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.seq)
      case 2: try json.read(&self.completionTokens)
      case 3: self.event = .started(try json.value())
      case 4: self.event = .delta(try json.value())
      case 5: self.event = .finished(try json.value())
      case 6: self.event = .progress(try json.value())
      case 7: self.event = .promptLogprobs(try json.value())
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("seq", self.seq)
    json.field("completion_tokens", self.completionTokens)
    switch self.event {
    case nil: break
    case .started(let value): json.present("started", value)
    case .delta(let value): json.present("delta", value)
    case .finished(let value): json.present("finished", value)
    case .progress(let value): json.present("progress", value)
    case .promptLogprobs(let value): json.present("prompt_logprobs", value)
    }
  }
}

extension Started: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "generation_id", json: "generationId"),
    MessageField(2, "model"),
    MessageField(3, "seed"),
    MessageField(4, "prompt_tokens", json: "promptTokens"),
    MessageField(5, "cached_tokens", json: "cachedTokens"),
    MessageField(6, "user_id", json: "userId"),
    MessageField(7, "queue_time_nano", json: "queueTimeNano"),
    MessageField(8, "replica"),
    MessageField(9, "upstream_model", json: "upstreamModel"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.generationID)
      case 2: try json.read(&self.model)
      case 3: try json.read(&self.seed)
      case 4: try json.read(&self.promptTokens)
      case 5: try json.read(&self.cachedTokens)
      case 6: try json.read(&self.userID)
      case 7: try json.read(&self.queueTimeNano)
      case 8: try json.read(&self.replica)
      case 9: try json.read(&self.upstreamModel)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("generation_id", self.generationID)
    json.field("model", self.model)
    json.field("seed", self.seed)
    json.field("prompt_tokens", self.promptTokens)
    json.field("cached_tokens", self.cachedTokens)
    json.field("user_id", self.userID)
    json.field("queue_time_nano", self.queueTimeNano)
    json.field("replica", self.replica)
    json.field("upstream_model", self.upstreamModel)
  }
}

extension Progress: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "processed"),
    MessageField(2, "total"),
    MessageField(3, "cached"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.processed)
      case 2: try json.read(&self.total)
      case 3: try json.read(&self.cached)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("processed", self.processed)
    json.field("total", self.total)
    json.field("cached", self.cached)
  }
}

extension PromptLogprobs: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "offset"),
    MessageField(2, "logprobs", message: TokenLogprobs.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.offset)
      case 2: try json.read(&self.logprobs)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("offset", self.offset)
    json.field("logprobs", self.logprobs)
  }
}

extension Delta: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "text"),
    MessageField(2, "token_ids", json: "tokenIds"),
    MessageField(3, "logprobs", message: TokenLogprobs.self),
    MessageField(4, "index"),
    MessageField(5, "reasoning_text", json: "reasoningText"),
    MessageField(6, "tool_calls", json: "toolCalls", message: ToolCallDelta.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.text)
      case 2: try json.read(&self.tokenIDs)
      case 3: try json.read(&self.logprobs)
      case 4: try json.read(&self.index)
      case 5: try json.read(&self.reasoningText)
      case 6: try json.read(&self.toolCalls)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("text", self.text)
    json.field("token_ids", self.tokenIDs)
    json.field("logprobs", self.logprobs)
    json.field("index", self.index)
    json.field("reasoning_text", self.reasoningText)
    json.field("tool_calls", self.toolCalls)
  }
}

extension ToolCallDelta: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "index"),
    MessageField(2, "id"),
    MessageField(3, "name"),
    MessageField(4, "arguments"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.index)
      case 2: try json.read(&self.id)
      case 3: try json.read(&self.name)
      case 4: try json.read(&self.arguments)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("index", self.index)
    json.field("id", self.id)
    json.field("name", self.name)
    json.field("arguments", self.arguments)
  }
}

extension TokenLogprobs: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "chosen", message: Logprob.self),
    MessageField(2, "top", message: Logprob.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.chosen)
      case 2: try json.read(&self.top)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.present("chosen", self.chosen)
    json.field("top", self.top)
  }
}

extension Logprob: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "token_id", json: "tokenId"),
    MessageField(2, "token"),
    MessageField(3, "logprob"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.tokenID)
      case 2: try json.read(&self.token)
      case 3: try json.read(&self.logprob)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("token_id", self.tokenID)
    json.field("token", self.token)
    json.field("logprob", self.logprob)
  }
}

extension Finished: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "finish_reason", json: "finishReason", enumeration: FinishReason.self),
    MessageField(2, "matched_stop", json: "matchedStop"),
    MessageField(3, "usage", message: Usage.self),
    MessageField(4, "timings", message: Timings.self),
    MessageField(5, "incomplete"),
    MessageField(6, "index"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.finishReason)
      case 2: try json.read(&self.matchedStop)
      case 3: try json.read(&self.usage)
      case 4: try json.read(&self.timings)
      case 5: try json.read(&self.incomplete)
      case 6: try json.read(&self.index)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("finish_reason", self.finishReason)
    json.field("matched_stop", self.matchedStop)
    json.present("usage", self.usage)
    json.present("timings", self.timings)
    json.field("incomplete", self.incomplete)
    json.field("index", self.index)
  }
}

extension Usage: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "prompt_tokens", json: "promptTokens"),
    MessageField(2, "completion_tokens", json: "completionTokens"),
    MessageField(3, "cached_tokens", json: "cachedTokens"),
    MessageField(4, "reasoning_tokens", json: "reasoningTokens"),
    MessageField(5, "source", enumeration: UsageSource.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.promptTokens)
      case 2: try json.read(&self.completionTokens)
      case 3: try json.read(&self.cachedTokens)
      case 4: try json.read(&self.reasoningTokens)
      case 5: try json.read(&self.source)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("prompt_tokens", self.promptTokens)
    json.field("completion_tokens", self.completionTokens)
    json.field("cached_tokens", self.cachedTokens)
    json.field("reasoning_tokens", self.reasoningTokens)
    json.field("source", self.source)
  }
}

extension Timings: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "queue_nano", json: "queueNano"),
    MessageField(2, "prompt_nano", json: "promptNano"),
    MessageField(3, "completion_nano", json: "completionNano"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.queueNano)
      case 2: try json.read(&self.promptNano)
      case 3: try json.read(&self.completionNano)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("queue_nano", self.queueNano)
    json.field("prompt_nano", self.promptNano)
    json.field("completion_nano", self.completionNano)
  }
}

extension AbortRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "generation_id", json: "generationId"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.generationID)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("generation_id", self.generationID)
  }
}

extension AbortResponse: JSONMessage {
  package static let fields: [MessageField] = []

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while try json.nextField(Self.fields) != nil {}
  }

  package func writeFields(to json: inout MessageWriter) {
  }
}

extension ListModelsRequest: JSONMessage {
  package static let fields: [MessageField] = []

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while try json.nextField(Self.fields) != nil {}
  }

  package func writeFields(to json: inout MessageWriter) {
  }
}

extension ListModelsResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "models", message: Model.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.models)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("models", self.models)
  }
}

extension Model: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "id"),
    MessageField(2, "description"),
    MessageField(3, "parameters"),
    MessageField(4, "size_bytes", json: "sizeBytes"),
    MessageField(5, "context_length", json: "contextLength"),
    MessageField(6, "is_default", json: "isDefault"),
    MessageField(7, "quantization"),
    MessageField(8, "state", enumeration: ModelState.self),
    MessageField(9, "training_context_length", json: "trainingContextLength"),
    MessageField(10, "chat_template", json: "chatTemplate", message: ChatTemplate.self),
    MessageField(11, "upstream_kind", json: "upstreamKind"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.id)
      case 2: try json.read(&self.description)
      case 3: try json.read(&self.parameters)
      case 4: try json.read(&self.sizeBytes)
      case 5: try json.read(&self.contextLength)
      case 6: try json.read(&self.isDefault)
      case 7: try json.read(&self.quantization)
      case 8: try json.read(&self.state)
      case 9: try json.read(&self.trainingContextLength)
      case 10: try json.read(&self.chatTemplate)
      case 11: try json.read(&self.upstreamKind)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("id", self.id)
    json.field("description", self.description)
    json.field("parameters", self.parameters)
    json.field("size_bytes", self.sizeBytes)
    json.field("context_length", self.contextLength)
    json.field("is_default", self.isDefault)
    json.field("quantization", self.quantization)
    json.field("state", self.state)
    json.field("training_context_length", self.trainingContextLength)
    json.present("chat_template", self.chatTemplate)
    json.field("upstream_kind", self.upstreamKind)
  }
}

extension ChatTemplate: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "tools"),
    MessageField(2, "reasoning"),
    MessageField(3, "system_role", json: "systemRole"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.tools)
      case 2: try json.read(&self.reasoning)
      case 3: try json.read(&self.systemRole)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("tools", self.tools)
    json.field("reasoning", self.reasoning)
    json.field("system_role", self.systemRole)
  }
}

extension CountTokensRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "model"),
    MessageField(2, "prompt", oneOf: "input"),
    MessageField(3, "messages", oneOf: "input", message: ChatMessages.self),
    MessageField(4, "prompt_token_ids", json: "promptTokenIds", oneOf: "input", message: TokenIDs.self),
    MessageField(5, "return_tokens", json: "returnTokens"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.model)
      case 2: self.input = .prompt(try json.value())
      case 3: self.input = .messages(try json.value())
      case 4: self.input = .promptTokenIDs(try json.value())
      case 5: try json.read(&self.returnTokens)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("model", self.model)
    switch self.input {
    case nil: break
    case .prompt(let value): json.present("prompt", value)
    case .messages(let value): json.present("messages", value)
    case .promptTokenIDs(let value): json.present("prompt_token_ids", value)
    }
    json.field("return_tokens", self.returnTokens)
  }
}

extension CountTokensResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "tokens"),
    MessageField(2, "context_length", json: "contextLength"),
    MessageField(3, "token_ids", json: "tokenIds"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.tokens)
      case 2: try json.read(&self.contextLength)
      case 3: try json.read(&self.tokenIDs)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("tokens", self.tokens)
    json.field("context_length", self.contextLength)
    json.field("token_ids", self.tokenIDs)
  }
}

extension DetokenizeRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "model"),
    MessageField(2, "token_ids", json: "tokenIds"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.model)
      case 2: try json.read(&self.tokenIDs)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("model", self.model)
    json.field("token_ids", self.tokenIDs)
  }
}

extension DetokenizeResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "text"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.text)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("text", self.text)
  }
}

extension LogRequestRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "prompt"),
    MessageField(2, "response"),
    MessageField(3, "model"),
    MessageField(4, "generation_id", json: "generationId"),
    MessageField(5, "metadata"),
    MessageField(6, "idempotency_key", json: "idempotencyKey"),
    MessageField(7, "access_token", json: "accessToken", isSecret: true),
    MessageField(8, "session_id", json: "sessionId"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.prompt)
      case 2: try json.read(&self.response)
      case 3: try json.read(&self.model)
      case 4: try json.read(&self.generationID)
      case 5: try json.read(&self.metadata)
      case 6: try json.read(&self.idempotencyKey)
      case 7: try json.read(&self.accessToken)
      case 8: try json.read(&self.sessionID)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("prompt", self.prompt)
    json.field("response", self.response)
    json.field("model", self.model)
    json.field("generation_id", self.generationID)
    json.field("metadata", self.metadata)
    json.field("idempotency_key", self.idempotencyKey)
    json.field("access_token", self.accessToken)
    json.field("session_id", self.sessionID)
  }
}

extension LogRequestResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "message"),
    MessageField(2, "id"),
    MessageField(3, "timestamp_unix_micros", json: "timestampUnixMicros"),
    MessageField(4, "durability", enumeration: Durability.self),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.message)
      case 2: try json.read(&self.id)
      case 3: try json.read(&self.timestampUnixMicros)
      case 4: try json.read(&self.durability)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("message", self.message)
    json.field("id", self.id)
    json.field("timestamp_unix_micros", self.timestampUnixMicros)
    json.field("durability", self.durability)
  }
}

extension QueryLogsRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "user_id", json: "userId"),
    MessageField(2, "since_unix_micros", json: "sinceUnixMicros"),
    MessageField(3, "until_unix_micros", json: "untilUnixMicros"),
    MessageField(4, "model"),
    MessageField(5, "search"),
    MessageField(6, "limit"),
    MessageField(7, "after_id", json: "afterId"),
    MessageField(8, "order", enumeration: LogOrder.self),
    MessageField(9, "access_token", json: "accessToken", isSecret: true),
    MessageField(10, "follow"),
    MessageField(11, "session_id", json: "sessionId"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.userID)
      case 2: try json.read(&self.sinceUnixMicros)
      case 3: try json.read(&self.untilUnixMicros)
      case 4: try json.read(&self.model)
      case 5: try json.read(&self.search)
      case 6: try json.read(&self.limit)
      case 7: try json.read(&self.afterID)
      case 8: try json.read(&self.order)
      case 9: try json.read(&self.accessToken)
      case 10: try json.read(&self.follow)
      case 11: try json.read(&self.sessionID)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("user_id", self.userID)
    json.field("since_unix_micros", self.sinceUnixMicros)
    json.field("until_unix_micros", self.untilUnixMicros)
    json.field("model", self.model)
    json.field("search", self.search)
    json.field("limit", self.limit)
    json.field("after_id", self.afterID)
    json.field("order", self.order)
    json.field("access_token", self.accessToken)
    json.field("follow", self.follow)
    json.field("session_id", self.sessionID)
  }
}

extension LogEntry: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "seq"),
    MessageField(2, "id"),
    MessageField(3, "user_id", json: "userId"),
    MessageField(4, "prompt"),
    MessageField(5, "response"),
    MessageField(6, "model"),
    MessageField(7, "generation_id", json: "generationId"),
    MessageField(8, "metadata"),
    MessageField(9, "timestamp_unix_micros", json: "timestampUnixMicros"),
    MessageField(10, "prompt_bytes", json: "promptBytes"),
    MessageField(11, "response_bytes", json: "responseBytes"),
    MessageField(12, "notice"),
    MessageField(13, "session_id", json: "sessionId"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.seq)
      case 2: try json.read(&self.id)
      case 3: try json.read(&self.userID)
      case 4: try json.read(&self.prompt)
      case 5: try json.read(&self.response)
      case 6: try json.read(&self.model)
      case 7: try json.read(&self.generationID)
      case 8: try json.read(&self.metadata)
      case 9: try json.read(&self.timestampUnixMicros)
      case 10: try json.read(&self.promptBytes)
      case 11: try json.read(&self.responseBytes)
      case 12: try json.read(&self.notice)
      case 13: try json.read(&self.sessionID)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("seq", self.seq)
    json.field("id", self.id)
    json.field("user_id", self.userID)
    json.field("prompt", self.prompt)
    json.field("response", self.response)
    json.field("model", self.model)
    json.field("generation_id", self.generationID)
    json.field("metadata", self.metadata)
    json.field("timestamp_unix_micros", self.timestampUnixMicros)
    json.field("prompt_bytes", self.promptBytes)
    json.field("response_bytes", self.responseBytes)
    json.field("notice", self.notice)
    json.field("session_id", self.sessionID)
  }
}

extension EraseLogsRequest: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "user_id", json: "userId"),
    MessageField(2, "access_token", json: "accessToken", isSecret: true),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.userID)
      case 2: try json.read(&self.accessToken)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("user_id", self.userID)
    json.field("access_token", self.accessToken)
  }
}

extension EraseLogsResponse: JSONMessage {
  package static let fields: [MessageField] = [
    MessageField(1, "entries"),
    MessageField(2, "bytes"),
  ]

  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMessage()
    while let number = try json.nextField(Self.fields) {
      switch number {
      case 1: try json.read(&self.entries)
      case 2: try json.read(&self.bytes)
      default: break
      }
    }
  }

  package func writeFields(to json: inout MessageWriter) {
    json.field("entries", self.entries)
    json.field("bytes", self.bytes)
  }
}

extension ToolChoiceMode: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "TOOL_CHOICE_MODE_UNSPECIFIED"),
    (1, "TOOL_CHOICE_MODE_AUTO"),
    (2, "TOOL_CHOICE_MODE_NONE"),
    (3, "TOOL_CHOICE_MODE_REQUIRED"),
  ]
  package static let prefix = "TOOL_CHOICE_MODE_"
}

extension Reasoning: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "REASONING_UNSPECIFIED"),
    (1, "REASONING_AUTO"),
    (2, "REASONING_OFF"),
    (3, "REASONING_ON"),
  ]
  package static let prefix = "REASONING_"
}

extension ReasoningEffort: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "REASONING_EFFORT_UNSPECIFIED"),
    (1, "REASONING_EFFORT_MINIMAL"),
    (2, "REASONING_EFFORT_LOW"),
    (3, "REASONING_EFFORT_MEDIUM"),
    (4, "REASONING_EFFORT_HIGH"),
    (5, "REASONING_EFFORT_XHIGH"),
    (6, "REASONING_EFFORT_MAX"),
  ]
  package static let prefix = "REASONING_EFFORT_"
}

extension FinishReason: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "FINISH_REASON_UNSPECIFIED"),
    (1, "FINISH_REASON_STOP"),
    (2, "FINISH_REASON_STOP_SEQUENCE"),
    (3, "FINISH_REASON_LENGTH"),
    (4, "FINISH_REASON_CONTEXT_LENGTH"),
    (5, "FINISH_REASON_CANCELLED"),
    (6, "FINISH_REASON_DEADLINE"),
    (7, "FINISH_REASON_ERROR"),
    (8, "FINISH_REASON_TOOL_CALLS"),
    (9, "FINISH_REASON_CONTENT_FILTER"),
  ]
  package static let prefix = "FINISH_REASON_"
}

extension UsageSource: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "USAGE_SOURCE_UNSPECIFIED"),
    (1, "USAGE_SOURCE_REPORTED"),
    (2, "USAGE_SOURCE_COUNTED"),
  ]
  package static let prefix = "USAGE_SOURCE_"
}

extension ModelState: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "MODEL_STATE_UNSPECIFIED"),
    (1, "MODEL_STATE_UNLOADED"),
    (2, "MODEL_STATE_LOADING"),
    (3, "MODEL_STATE_READY"),
    (4, "MODEL_STATE_UNAVAILABLE"),
  ]
  package static let prefix = "MODEL_STATE_"
}

extension Durability: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "DURABILITY_UNSPECIFIED"),
    (1, "DURABILITY_SYNCED"),
    (2, "DURABILITY_LOCAL_SYNCED"),
  ]
  package static let prefix = "DURABILITY_"
}

extension LogOrder: JSONEnum {
  package static let names: [(number: Int32, name: Identifier)] = [
    (0, "LOG_ORDER_UNSPECIFIED"),
    (1, "LOG_ORDER_NEWEST_FIRST"),
    (2, "LOG_ORDER_OLDEST_FIRST"),
  ]
  package static let prefix = "LOG_ORDER_"
}
