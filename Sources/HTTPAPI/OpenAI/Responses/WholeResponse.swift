internal import HTTPTransport
internal import NIOCore
internal import TokenwireAPI

/// Answers a response as a whole.
struct WholeResponse: AnswerWriter {
  private var response: ResponseObject

  init(_ request: ResponseRequest) {
    self.response = ResponseObject(request)
  }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let response = try GenerateResponse(response: message)
    self.response.counts.count(response, of: call)
    switch response.event {
    case .started(let started): self.response.begin(started)
    case .delta(let delta): delta.forEachPiece { self.response.append($0) }
    case .finished(let finished): self.response.finished = finished
    default: break
    }
  }

  func finish(to body: inout ByteBuffer) throws(HTTPFailure) {
    guard self.response.finished != nil else { throw .textWithoutEnd }
    self.response.write(to: &body)
  }
}

/// A piece of an item.
struct ResponsePiece {
  let kind: ResponseItem.Kind
  let text: String
  var logprobs: [TokenLogprobs] = []
}

extension Delta {
  /// Takes what the delta has for each item, in their order.
  func forEachPiece(_ take: (ResponsePiece) -> Void) {
    if !self.reasoningText.isEmpty {
      take(ResponsePiece(kind: .reasoning, text: self.reasoningText))
    }
    // Probabilities are told of what the model said.
    if !self.text.isEmpty
      || (!self.logprobs.isEmpty && self.reasoningText.isEmpty && self.toolCalls.isEmpty)
    {
      take(ResponsePiece(kind: .message, text: self.text, logprobs: self.logprobs))
    }
    for call in self.toolCalls {
      let kind = ResponseItem.Kind.call(index: call.index, id: call.id, name: call.name)
      take(ResponsePiece(kind: kind, text: call.arguments))
    }
  }
}

extension ResponseObject {
  /// Appends a piece to the last item, or begins another.
  mutating func append(_ piece: ResponsePiece) {
    if !self.continuesItem(piece) { self.addItem(piece.kind) }
    self.items[self.items.count - 1].text += piece.text
    self.items[self.items.count - 1].logprobs += piece.logprobs
  }

  /// Whether a piece belongs to the last item.
  func continuesItem(_ piece: ResponsePiece) -> Bool {
    switch (self.items.last?.kind, piece.kind) {
    case (.reasoning, .reasoning), (.message, .message): true
    case (.call(let last, _, _), .call(let index, _, _)): last == index
    default: false
    }
  }
}
