internal import HTTPTransport
internal import JSON
internal import NIOCore
internal import RPC
internal import TokenwireAPI

/// Answers how many tokens a conversation has.
struct MessageTokenCount: AnswerWriter {
  private var tokens: Int32 = 0

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    self.tokens = try CountTokensResponse(response: message).tokens
  }

  mutating func finish(to body: inout ByteBuffer) {
    body.writeImmutableBuffer(ByteBuffer { $0.member("input_tokens", self.tokens) })
  }
}
