internal import NIOCore
internal import TokenwireAPI

/// A response, as it is when all of it is there, and as the first and the last event of a stream have
/// it.
struct ResponseObject: Sendable {
  private let created = UnixTime.now
  private let repeated: ByteBuffer
  private var started = Started()
  /// The items so far; the last one may be unfinished.
  var items: [ResponseItem] = []
  /// Why it ended; nil while it goes on.
  var finished: Finished?
  var counts = TokenCounts(calls: 1)

  init(_ request: ResponseRequest) {
    self.repeated = request.repeated
  }

  mutating func begin(_ started: Started) {
    self.started = started
  }

  /// Adds an empty item at the end.
  mutating func addItem(_ kind: ResponseItem.Kind) {
    self.items.append(ResponseItem(kind, of: self.started.generationID, at: self.items.count))
  }

  /// How it ended.
  var status: ResponseItem.Status {
    switch self.finished?.finishReason {
    case nil: .inProgress
    case .stop, .stopSequence, .toolCalls: .completed
    default: .incomplete
    }
  }

  func write(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"id":"resp_"#)
    body.writeJSON(contentsOf: self.started.generationID)
    body.writeStaticString(#"","object":"response","created_at":"#)
    body.writeJSON(self.created)
    body.writeStaticString(#","status":""#)
    body.writeStaticString(self.status.name)
    body.writeStaticString(#"","error":null,"incomplete_details":"#)
    self.writeDetails(to: &body)
    body.writeStaticString(#","model":"#)
    body.writeJSON(self.started.model)
    body.writeStaticString(#","output":["#)
    // Before the end it has no items: events tell them.
    if self.finished != nil {
      body.writeJSON(elements: self.items.enumerated()) { item, body in
        item.element.write(self.status(ofItem: item.offset), to: &body)
      }
    }
    body.writeStaticString(#"],"previous_response_id":null,"store":false,"truncation":"disabled""#)
    body.writeImmutableBuffer(self.repeated)
    body.writeStaticString(#","usage":"#)
    if self.finished != nil { self.writeUsage(to: &body) } else { body.writeStaticString("null") }
    body.writeStaticString("}")
  }

  /// Of a response that is cut off, only the last item is.
  func status(ofItem index: Int) -> ResponseItem.Status {
    index == self.items.count - 1 ? self.status : .completed
  }

  private func writeDetails(to body: inout ByteBuffer) {
    switch self.finished?.finishReason {
    case .length, .contextLength: body.writeStaticString(#"{"reason":"max_output_tokens"}"#)
    // OpenAI has no reason for texts that the caller ends.
    default: body.writeStaticString("null")
    }
  }

  private func writeUsage(to body: inout ByteBuffer) {
    let (input, output) = (self.counts.prompt, self.counts.completion)
    body.writeStaticString(#"{"input_tokens":"#)
    body.writeJSON(input)
    body.writeStaticString(#","input_tokens_details":{"cached_tokens":"#)
    body.writeJSON(self.counts.cached)
    body.writeStaticString(#","cache_write_tokens":0},"output_tokens":"#)
    body.writeJSON(output)
    body.writeStaticString(#","output_tokens_details":{"reasoning_tokens":"#)
    body.writeJSON(self.counts.reasoning)
    body.writeStaticString(#"},"total_tokens":"#)
    body.writeJSON(input + output)
    body.writeStaticString("}")
  }
}
