internal import HTTPTransport
internal import Identifiers
internal import NIOCore
internal import NIOHTTP1
internal import RPC
internal import TokenwireAPI

extension HTTPAPI {
  /// `GET /health`.
  var health: Operation {
    Operation(
      Route(.GET, "/health") { request throws(HTTPFailure) in
        let call = self.call(
          HealthMethod.check,
          HealthCheckRequest(),
          for: request,
          accessToken: nil
        )
        return .calls([call], Health())
      },
      "Whether the server is ready: 503 until its models are loaded, and when it is stopping.",
      response: ResponseDescription(schema: .object([("status", .choice(["ok"]))]))
    )
  }
}

private struct Health: AnswerWriter {
  var endsWithClient: Bool { false }

  func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    guard try HealthCheckResponse(response: message).status == .serving else {
      throw HTTPFailure(
        CallError(.unavailable, "The server is loading its models, or stopping: ask again later")
      )
    }
  }

  func finish(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"status":"ok"}"#)
  }
}
