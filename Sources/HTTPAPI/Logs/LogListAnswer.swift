internal import HTTPTransport
internal import NIOCore
internal import Protobuf
internal import TokenwireAPI

/// Answers entries of the log as a list, which is sent as it comes: `{"object": "list", "data": [...],
/// "has_more": false}`. If the query fails after the first entry, `error` is there in place of
/// `has_more`.
struct LogListAnswer: AnswerWriter {
  /// How many entries to answer; nil is all.
  let limit: Int64?
  private var count: Int64 = 0

  init(limit: Int64?) {
    self.limit = limit
  }

  // A client that reads the list only sends nothing more.
  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let entry = try LogEntry(response: message)
    self.count += 1
    // The query asks for one more than the limit, to know whether there are more.
    if let limit, self.count > limit { return }
    self.begin(&body)
    body.writeString(entry.json())
  }

  private func begin(_ body: inout ByteBuffer) {
    body.writeString(self.count <= 1 ? #"{"object":"list","data":["# : ",")
  }

  mutating func finish(to body: inout ByteBuffer) {
    if self.count == 0 { self.begin(&body) }
    let hasMore = self.limit.map { self.count > $0 } ?? false
    body.writeString(#"],"has_more":\#(hasMore)}"#)
  }

  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    body.writeString(#"],"error":"#)
    body.writeImmutableBuffer(ByteBuffer { failure.writeCode(to: &$0) })
    body.writeString("}")
  }
}
