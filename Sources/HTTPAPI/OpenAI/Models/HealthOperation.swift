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
          HealthMethod.list,
          HealthListRequest(),
          for: request,
          accessToken: nil
        )
        return .calls([call], Health())
      },
      """
      Whether the server is ready: 503 until its models are loaded, and when it is stopping. `log` is \
      `DEGRADED` while the database of its log cannot be reached; all but the log then works.
      """,
      response: ResponseDescription(
        schema: .object([("status", .choice(["ok"])), ("log", .choice(["ok", "DEGRADED"]))])
      )
    )
  }
}

private struct Health: AnswerWriter {
  /// Nil when the server keeps no log.
  private var isLogServing: Bool?

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let statuses = try HealthListResponse(response: message).statuses
    guard statuses[""]?.status == .serving else {
      throw HTTPFailure(
        CallError(.unavailable, "The server is loading its models, or stopping: ask again later")
      )
    }
    self.isLogServing = statuses["log"].map { $0.status == .serving }
  }

  func finish(to body: inout ByteBuffer) {
    switch self.isLogServing {
    case nil: body.writeStaticString(#"{"status":"ok"}"#)
    case true?: body.writeStaticString(#"{"status":"ok","log":"ok"}"#)
    case false?: body.writeStaticString(#"{"status":"ok","log":"DEGRADED"}"#)
    }
  }
}
