internal import HTTPTransport
internal import NIOCore
internal import TokenwireAPI

/// Answers completions as a whole.
struct WholeCompletion: AnswerWriter {
  private let texts: Int
  private let tellsLogprobs: Bool
  private let tellsPromptLogprobs: Bool
  private var head = AnswerHead(object: "text_completion", idPrefix: "cmpl-")
  private var counts: TokenCounts
  private var choices: [Choice]

  private struct Choice {
    var text = ""
    var logprobs = LegacyLogprobs()
    var finishReason: FinishReason?
  }

  init(_ request: CompletionRequest) {
    self.texts = request.n
    self.tellsLogprobs = request.generate.logprobs != nil
    self.tellsPromptLogprobs = request.generate.promptLogprobs != nil
    self.counts = TokenCounts(calls: request.prompts.count)
    self.choices = Array(repeating: Choice(), count: request.prompts.count * request.n)
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
      for choice in first ..< first + self.texts { self.choices[choice].logprobs.append(stretch) }
    case .delta(let delta) where delta.index < self.texts:
      self.choices[first + Int(delta.index)].text += delta.text
      self.choices[first + Int(delta.index)].logprobs.append(delta.logprobs)
    case .finished(let finished) where finished.index < self.texts:
      let choice = first + Int(finished.index)
      self.choices[choice].finishReason = finished.finishReason
      if self.tellsPromptLogprobs, finished.finishReason == .stop {
        self.choices[choice].logprobs.appendEnd()
      }
    default: break
    }
  }

  mutating func finish(to body: inout ByteBuffer) throws(HTTPFailure) {
    guard self.choices.allSatisfy({ $0.finishReason != nil }) else { throw .textWithoutEnd }
    body.writeImmutableBuffer(self.head.bytes)
    for index in self.choices.indices {
      body.writeStaticString(index == 0 ? #"{"index":"# : #",{"index":"#)
      body.writeJSON(index)
      body.writeStaticString(#","text":"#)
      body.writeJSON(self.choices[index].text)
      body.writeStaticString(#","logprobs":"#)
      if self.tellsLogprobs {
        self.choices[index].logprobs.take(to: &body)
      } else {
        body.writeStaticString("null")
      }
      body.writeStaticString(#","finish_reason":"#)
      body.writeFinishReason(self.choices[index].finishReason)
      body.writeStaticString("}")
    }
    body.writeStaticString(#"],"usage":"#)
    self.counts.write(to: &body)
    body.writeStaticString("}")
  }
}
