internal import HTTPTransport
internal import NIOCore
internal import TokenwireAPI

/// Answers a chat completion as a stream of `chat.completion.chunk`.
struct ChatChunks: ChunkWriter {
  let options: StreamOptions
  private let texts: Int
  private(set) var head = AnswerHead(object: "chat.completion.chunk", idPrefix: "chatcmpl-")
  private(set) var counts = TokenCounts(calls: 1)

  init(_ request: ChatRequest) {
    self.options = request.stream
    self.texts = request.n
  }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let response = try GenerateResponse(response: message)
    self.counts.count(response, of: call)
    switch response.event {
    case .started(let started):
      self.head.begin(started)
      for index in 0 ..< self.texts {
        self.beginChunk(Int32(index), to: &body)
        body.writeStaticString(#""role":"assistant","content":"""#)
        self.endChunk(to: &body)
      }
    case .delta(let delta) where delta.index < self.texts:
      self.write(delta, to: &body)
    case .finished(let finished) where finished.index < self.texts:
      self.beginChunk(finished.index, to: &body)
      self.endChunk(finishReason: finished.finishReason, to: &body)
    default: break
    }
  }

  private func write(_ delta: Delta, to body: inout ByteBuffer) {
    let hasText = !delta.text.isEmpty
    let hasThought = !delta.reasoningText.isEmpty
    let hasCalls = !delta.toolCalls.isEmpty
    guard hasText || hasThought || hasCalls || !delta.logprobs.isEmpty else { return }
    self.beginChunk(delta.index, to: &body)
    if hasThought {
      body.writeStaticString(#""reasoning_content":"#)
      body.writeJSON(delta.reasoningText)
    }
    // A chunk of probabilities alone has a text, too, which some clients read in each chunk.
    if hasText || !(hasThought || hasCalls) {
      body.writeStaticString(hasThought ? #","content":"# : #""content":"#)
      body.writeJSON(delta.text)
    }
    if hasCalls {
      body.writeStaticString(hasThought || hasText ? #","tool_calls":["# : #""tool_calls":["#)
      body.writeJSON(elements: delta.toolCalls) { $0.write(to: &$1) }
      body.writeStaticString("]")
    }
    self.endChunk(logprobs: delta.logprobs, to: &body)
  }

  /// Writes a chunk up to the members of its `delta`.
  private func beginChunk(_ index: Int32, to body: inout ByteBuffer) {
    body.writeStaticString("data: ")
    body.writeImmutableBuffer(self.head.bytes)
    body.writeStaticString(#"{"index":"#)
    body.writeJSON(index)
    body.writeStaticString(#","delta":{"#)
  }

  private func endChunk(
    logprobs: [TokenLogprobs] = [],
    finishReason: FinishReason? = nil,
    to body: inout ByteBuffer
  ) {
    if logprobs.isEmpty {
      body.writeStaticString(#"},"logprobs":null,"finish_reason":"#)
    } else {
      body.writeStaticString(#"},"logprobs":{"content":["#)
      body.writeJSON(elements: logprobs) { $0.write(to: &$1) }
      body.writeStaticString(#"],"refusal":null},"finish_reason":"#)
    }
    body.writeFinishReason(finishReason)
    body.writeChunkEnd(self.options, self.counts)
  }
}

extension ToolCallDelta {
  /// Writes a piece of a call; the first one has its id and its name.
  fileprivate func write(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"index":"#)
    body.writeJSON(self.index)
    if !self.id.isEmpty {
      body.writeStaticString(#","id":"#)
      body.writeJSON(self.id)
      body.writeStaticString(#","type":"function","function":{"name":"#)
      body.writeJSON(self.name)
      body.writeStaticString(#","arguments":"#)
    } else {
      body.writeStaticString(#","function":{"arguments":"#)
    }
    body.writeJSON(self.arguments)
    body.writeStaticString("}}")
  }
}
