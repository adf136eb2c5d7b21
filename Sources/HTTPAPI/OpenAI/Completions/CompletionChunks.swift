internal import HTTPTransport
internal import NIOCore
internal import TokenwireAPI

/// Answers completions as a stream of chunks.
struct CompletionChunks: ChunkWriter {
  let options: StreamOptions
  private let texts: Int
  private let tellsPromptLogprobs: Bool
  private(set) var head = AnswerHead(object: "text_completion", idPrefix: "cmpl-")
  private(set) var counts: TokenCounts
  /// Those of each choice.
  private var logprobs: [LegacyLogprobs]

  init(_ request: CompletionRequest) {
    self.options = request.stream
    self.texts = request.n
    self.tellsPromptLogprobs = request.generate.promptLogprobs != nil
    self.counts = TokenCounts(calls: request.prompts.count)
    let choices = request.prompts.count * request.n
    self.logprobs = Array(repeating: LegacyLogprobs(), count: choices)
  }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let response = try GenerateResponse(response: message)
    self.counts.count(response, of: call)
    let first = call * self.texts
    switch response.event {
    case .started(let started):
      self.head.begin(started)
    case .promptLogprobs(let stretch):
      for choice in first ..< first + self.texts {
        self.logprobs[choice].append(stretch)
        self.writeChunk("", of: choice, to: &body)
      }
    case .delta(let delta) where delta.index < self.texts:
      let choice = first + Int(delta.index)
      self.logprobs[choice].append(delta.logprobs)
      guard !delta.text.isEmpty || !delta.logprobs.isEmpty else { break }
      self.writeChunk(delta.text, of: choice, to: &body)
    case .finished(let finished) where finished.index < self.texts:
      let choice = first + Int(finished.index)
      if self.tellsPromptLogprobs, finished.finishReason == .stop {
        self.logprobs[choice].appendEnd()
      }
      self.writeChunk("", of: choice, finished.finishReason, to: &body)
    default: break
    }
  }

  private mutating func writeChunk(
    _ text: String,
    of choice: Int,
    _ finishReason: FinishReason? = nil,
    to body: inout ByteBuffer
  ) {
    body.writeStaticString("data: ")
    body.writeImmutableBuffer(self.head.bytes)
    body.writeStaticString(#"{"index":"#)
    body.writeJSON(choice)
    body.writeStaticString(#","text":"#)
    body.writeJSON(text)
    body.writeStaticString(#","logprobs":"#)
    if self.logprobs[choice].isEmpty {
      body.writeStaticString("null")
    } else {
      self.logprobs[choice].take(to: &body)
    }
    body.writeStaticString(#","finish_reason":"#)
    body.writeFinishReason(finishReason)
    body.writeChunkEnd(self.options, self.counts)
  }
}
