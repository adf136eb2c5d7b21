internal import HTTPTransport
internal import NIOCore
internal import Protobuf
internal import RPC
internal import TokenwireAPI

/// Answers a call with the JSON of its only response.
struct UnaryMethodAnswer<Response: CMessage & JSONMessage>: AnswerWriter {
  private var json = ""

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    self.json = try Response(response: message).json()
  }

  mutating func finish(to body: inout ByteBuffer) {
    body.writeString(self.json)
  }
}

/// Answers a call with the JSON of each of its responses.
struct StreamingMethodAnswer<Response: CMessage & JSONMessage>: AnswerWriter {
  let format: StreamFormat
  let endsWithClient: Bool

  var contentType: String { self.format.contentType }
  var keepalive: ByteBuffer? { self.format.keepalive }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let response = try Response(response: message)
    self.format.write(response.json(), seq: (response as? any Numbered)?.seq, to: &body)
  }

  mutating func finish(to body: inout ByteBuffer) {}

  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    self.format.write(failure, to: &body)
  }
}

/// A message that has its place in its stream.
private protocol Numbered {
  var seq: UInt64 { get }
}

extension GenerateResponse: Numbered {}
extension LogEntry: Numbered {}
