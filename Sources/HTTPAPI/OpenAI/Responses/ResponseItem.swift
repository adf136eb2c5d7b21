internal import NIOCore
internal import TokenwireAPI

/// An item of a response's output: what the model thought, what it said, or a call.
struct ResponseItem: Sendable {
  let kind: Kind
  /// Names the item in the events of its stream.
  let id: String
  /// What it thought, what it said, or the call's arguments.
  var text = ""
  var logprobs: [TokenLogprobs] = []

  enum Kind: Sendable {
    case reasoning
    case message
    case call(index: Int32, id: String, name: String)
  }

  enum Status: Sendable {
    case inProgress
    case completed
    case incomplete

    var name: StaticString {
      switch self {
      case .inProgress: "in_progress"
      case .completed: "completed"
      case .incomplete: "incomplete"
      }
    }
  }

  /// - Parameters:
  ///   - generation: the name of the generation.
  ///   - index: the index of the item in the output.
  init(_ kind: Kind, of generation: String, at index: Int) {
    self.kind = kind
    let prefix =
      switch kind {
      case .reasoning: "rs"
      case .message: "msg"
      case .call: "fc"
      }
    self.id = "\(prefix)_\(generation)_\(index)"
  }

  /// Writes the item; one that has just begun is empty.
  func write(_ status: Status, to body: inout ByteBuffer) {
    body.writeStaticString(#"{"id":"#)
    body.writeJSON(self.id)
    switch self.kind {
    case .reasoning:
      body.writeStaticString(#","type":"reasoning","summary":[],"content":["#)
      self.writePart(status, to: &body)
      body.writeStaticString("]")
    case .message:
      body.writeStaticString(#","type":"message","role":"assistant","content":["#)
      self.writePart(status, to: &body)
      body.writeStaticString("]")
    case .call(_, let id, let name):
      body.writeStaticString(#","type":"function_call","call_id":"#)
      body.writeJSON(id)
      body.writeStaticString(#","name":"#)
      body.writeJSON(name)
      body.writeStaticString(#","arguments":"#)
      body.writeJSON(self.text)
    }
    body.writeStaticString(#","status":""#)
    body.writeStaticString(status.name)
    body.writeStaticString(#""}"#)
  }

  private func writePart(_ status: Status, to body: inout ByteBuffer) {
    if case .inProgress = status { return }
    self.writePart(to: &body)
  }

  /// Writes the part that thoughts and messages consist of.
  func writePart(to body: inout ByteBuffer) {
    if case .reasoning = self.kind {
      body.writeStaticString(#"{"type":"reasoning_text","text":"#)
      body.writeJSON(self.text)
      body.writeStaticString("}")
      return
    }
    body.writeStaticString(#"{"type":"output_text","text":"#)
    body.writeJSON(self.text)
    body.writeStaticString(#","annotations":[],"logprobs":["#)
    body.writeJSON(elements: self.logprobs) { $0.write(to: &$1) }
    body.writeStaticString("]}")
  }
}
