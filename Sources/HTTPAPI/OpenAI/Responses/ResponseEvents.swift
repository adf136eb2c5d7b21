internal import HTTPTransport
internal import NIOCore
internal import RPC
internal import TokenwireAPI

/// Answers a response as a stream of events, in the order that OpenAI's clients expect: each item begins
/// and ends before the next.
struct ResponseEvents: AnswerWriter {
  private var response: ResponseObject
  private var sequence = 0
  /// The beginning of the last item's deltas, up to the text; and their end, up to the number.
  private var deltaHead = ByteBuffer()

  init(_ request: ResponseRequest) {
    self.response = ResponseObject(request)
  }

  var contentType: String { ServerSentEvents.contentType }
  var keepalive: ByteBuffer? { ServerSentEvents.keepalive }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let response = try GenerateResponse(response: message)
    self.response.counts.count(response, of: call)
    switch response.event {
    case .started(let started):
      self.response.begin(started)
      self.writeResponse("response.created", to: &body)
      self.writeResponse("response.in_progress", to: &body)
    case .delta(let delta):
      delta.forEachPiece { self.write($0, to: &body) }
    case .finished(let finished):
      self.response.finished = finished
    default: break
    }
  }

  mutating func finish(to body: inout ByteBuffer) throws(HTTPFailure) {
    guard self.response.finished != nil else { throw .textWithoutEnd }
    self.endItem(to: &body)
    if case .completed = self.response.status {
      self.writeResponse("response.completed", to: &body)
    } else {
      self.writeResponse("response.incomplete", to: &body)
    }
  }

  /// The error is there twice: as the documentation has it, and where clients look for it.
  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    self.writeEvent("error", to: &body) { body in
      body.writeStaticString(#","code":"#)
      OpenAIErrors.write(OpenAIErrors.Kind(failure).code, to: &body)
      body.writeStaticString(#","message":"#)
      body.writeJSON(failure.error.message)
      body.writeStaticString(#","param":"#)
      OpenAIErrors.write(failure.parameter, to: &body)
      body.writeStaticString(#","error":"#)
      OpenAIErrors.write(failure, to: &body)
    }
  }

  // MARK: Items

  private mutating func write(_ piece: ResponsePiece, to body: inout ByteBuffer) {
    if !self.response.continuesItem(piece) {
      self.endItem(to: &body)
      self.response.addItem(piece.kind)
      self.beginItem(to: &body)
    }
    self.response.append(piece)
    guard !piece.text.isEmpty || !piece.logprobs.isEmpty else { return }
    body.writeImmutableBuffer(self.deltaHead)
    body.writeJSON(contentsOf: piece.text)
    if case .message = piece.kind {
      body.writeStaticString(#"","logprobs":["#)
      body.writeJSON(elements: piece.logprobs) { $0.write(to: &$1) }
      body.writeStaticString(#"],"sequence_number":"#)
    } else {
      body.writeStaticString(#"","sequence_number":"#)
    }
    self.endEvent(to: &body)
  }

  private mutating func beginItem(to body: inout ByteBuffer) {
    let item = self.lastItem
    self.writeEvent("response.output_item.added", to: &body) { body in
      body.writeStaticString(#","output_index":"#)
      body.writeJSON(item.index)
      body.writeStaticString(#","item":"#)
      item.item.write(.inProgress, to: &body)
    }
    if !item.item.kind.isCall {
      self.writeEvent("response.content_part.added", to: &body) { body in
        item.writePlace(to: &body)
        body.writeStaticString(#","part":"#)
        item.item.writePart(to: &body)
      }
    }
    self.deltaHead.clear()
    Self.begin(item.item.kind.deltaEvent, to: &self.deltaHead)
    item.writePlace(to: &self.deltaHead)
    self.deltaHead.writeStaticString(#","delta":""#)
  }

  /// Ends the last item; at the end of the response with its status.
  private mutating func endItem(to body: inout ByteBuffer) {
    guard !self.response.items.isEmpty else { return }
    let item = self.lastItem
    let status = self.response.finished == nil ? .completed : self.response.status
    self.writeEvent(item.item.kind.doneEvent, to: &body) { body in
      item.writePlace(to: &body)
      switch item.item.kind {
      case .call(_, _, let name):
        body.writeStaticString(#","name":"#)
        body.writeJSON(name)
        body.writeStaticString(#","arguments":"#)
        body.writeJSON(item.item.text)
      case .reasoning:
        body.writeStaticString(#","text":"#)
        body.writeJSON(item.item.text)
      case .message:
        body.writeStaticString(#","text":"#)
        body.writeJSON(item.item.text)
        body.writeStaticString(#","logprobs":["#)
        body.writeJSON(elements: item.item.logprobs) { $0.write(to: &$1) }
        body.writeStaticString("]")
      }
    }
    if !item.item.kind.isCall {
      self.writeEvent("response.content_part.done", to: &body) { body in
        item.writePlace(to: &body)
        body.writeStaticString(#","part":"#)
        item.item.writePart(to: &body)
      }
    }
    self.writeEvent("response.output_item.done", to: &body) { body in
      body.writeStaticString(#","output_index":"#)
      body.writeJSON(item.index)
      body.writeStaticString(#","item":"#)
      item.item.write(status, to: &body)
    }
  }

  /// An item and its place in the output.
  private struct PlacedItem {
    let item: ResponseItem
    let index: Int

    func writePlace(to body: inout ByteBuffer) {
      body.writeStaticString(#","item_id":"#)
      body.writeJSON(self.item.id)
      body.writeStaticString(#","output_index":"#)
      body.writeJSON(self.index)
      if !self.item.kind.isCall { body.writeStaticString(#","content_index":0"#) }
    }
  }

  private var lastItem: PlacedItem {
    let index = self.response.items.count - 1
    return PlacedItem(item: self.response.items[index], index: index)
  }

  // MARK: Events

  private mutating func writeResponse(_ event: StaticString, to body: inout ByteBuffer) {
    let response = self.response
    self.writeEvent(event, to: &body) { body in
      body.writeStaticString(#","response":"#)
      response.write(to: &body)
    }
  }

  /// - Parameter writeMembers: writes members, each with a comma before it.
  private mutating func writeEvent(
    _ event: StaticString,
    to body: inout ByteBuffer,
    _ writeMembers: (inout ByteBuffer) -> Void
  ) {
    Self.begin(event, to: &body)
    writeMembers(&body)
    body.writeStaticString(#","sequence_number":"#)
    self.endEvent(to: &body)
  }

  private static func begin(_ event: StaticString, to body: inout ByteBuffer) {
    body.writeStaticString("event: ")
    body.writeStaticString(event)
    body.writeStaticString("\ndata: {\"type\":\"")
    body.writeStaticString(event)
    body.writeStaticString("\"")
  }

  private mutating func endEvent(to body: inout ByteBuffer) {
    body.writeJSON(self.sequence)
    body.writeStaticString("}\n\n")
    self.sequence += 1
  }
}

extension ResponseItem.Kind {
  fileprivate var isCall: Bool {
    if case .call = self { true } else { false }
  }

  fileprivate var deltaEvent: StaticString {
    switch self {
    case .reasoning: "response.reasoning_text.delta"
    case .message: "response.output_text.delta"
    case .call: "response.function_call_arguments.delta"
    }
  }

  fileprivate var doneEvent: StaticString {
    switch self {
    case .reasoning: "response.reasoning_text.done"
    case .message: "response.output_text.done"
    case .call: "response.function_call_arguments.done"
    }
  }
}
