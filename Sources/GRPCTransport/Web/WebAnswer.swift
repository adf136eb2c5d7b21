internal import HTTPTransport
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP1
internal import RPC

/// Answers a call with its responses as they come, and its trailers behind them.
struct WebAnswer: AnswerWriter {
  let format: WebFormat

  var contentType: String { self.format.contentType }
  var endsWithClient: Bool { false }

  mutating func write(_ message: ByteBuffer, of call: Int, to body: inout ByteBuffer) {
    self.format.write(message, to: &body)
  }

  mutating func finish(to body: inout ByteBuffer) {
    self.format.writeTrailers(nil, to: &body)
  }

  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {
    self.format.writeTrailers(failure.error, to: &body)
  }
}

/// Answers with trailers alone.
struct WebErrors: ErrorFormat {
  let format: WebFormat

  func response(to failure: HTTPFailure, requestID: String) -> HTTPResponse {
    var body = ByteBuffer()
    self.format.writeTrailers(failure.error, to: &body)
    return HTTPResponse(.ok, headers: ["content-type": self.format.contentType], body: body)
  }
}

extension WebFormat {
  fileprivate func writeTrailers(_ error: CallError?, to body: inout ByteBuffer) {
    var trailers = HPACKHeaders()
    trailers.addStatus(error)
    var lines = ByteBuffer()
    for field in trailers { lines.writeString("\(field.name):\(field.value)\r\n") }
    self.write(lines, isTrailers: true, to: &body)
  }
}
