internal import JSON
internal import Listening
internal import NIOCore
internal import NIOHTTP1

/// Lambda's Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): where the
/// function gets its events, and brings its answers.
package struct RuntimeAPI: Sendable {
  private let server: Endpoint

  private static let version = "/2018-06-01/runtime"
  /// Lambda's own limit of an event is 6 MiB; of its JSON it may be a few times that.
  private static let maximumEvent = 64 << 20
  /// What Lambda names the version of a runtime by.
  private static let userAgent = "tokenwire/0.1.0"

  /// Creates a client.
  ///
  /// - Parameter address: the value of `AWS_LAMBDA_RUNTIME_API`, "host:port".
  /// - Returns: nil when it is none.
  package init?(_ address: String) {
    guard let server = Endpoint(address), server.port != 0 else { return nil }
    self.server = server
  }

  /// Waits for the next event, as long as it takes.
  func next() async throws(LambdaError) -> Invocation {
    let call = HTTPCall(
      .GET,
      "\(Self.version)/invocation/next",
      of: self.server,
      headers: ["user-agent": Self.userAgent]
    )
    let (head, event): (HTTPResponseHead, ByteBuffer)
    do {
      (head, event) = try await call.run { head, body in
        (head, try await body.whole(limit: Self.maximumEvent))
      }
    } catch {
      throw LambdaError(.runtimeAPI, "The Runtime API at \(self.server) does not answer: \(error)")
    }
    guard head.status == .ok else {
      throw LambdaError(
        .runtimeAPI,
        "The Runtime API answered \(head.status.code) for the next event"
      )
    }
    guard let invocation = Invocation(head.headers, event: event) else {
      throw LambdaError(.runtimeAPI, "The Runtime API gave an event without a request id")
    }
    return invocation
  }

  /// Brings a whole answer.
  func respond(to invocation: Invocation, _ answer: ByteBuffer) async throws(LambdaError) {
    try await self.post("invocation/\(invocation.id)/response", answer)
  }

  /// Brings an answer piece by piece.
  ///
  /// - Parameter write: writes the pieces. What it throws ends the answer with an error.
  @concurrent func stream(
    to invocation: Invocation,
    _ write: @concurrent (AnswerStream) async throws -> Void
  ) async throws(LambdaError) {
    let call = HTTPCall(
      .POST,
      "\(Self.version)/invocation/\(invocation.id)/response",
      of: self.server,
      headers: [
        "user-agent": Self.userAgent,
        "content-type": "application/vnd.awslambda.http-integration-response",
        "lambda-runtime-function-response-mode": "streaming",
        "trailer": "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
      ]
    )
    let head: HTTPResponseHead
    do {
      head = try await call.upload { outbound in
        do {
          try await write(AnswerStream(outbound))
          return nil
        } catch let error as LambdaError {
          return Self.trailers(of: ReportedError(error))
        }
      }
    } catch {
      throw self.brokenOff(error)
    }
    try self.check(head)
  }

  /// Tells that an event cannot be answered.
  func fail(_ invocation: Invocation, _ error: ReportedError) async throws(LambdaError) {
    try await self.post(
      "invocation/\(invocation.id)/error",
      error.json,
      ["lambda-runtime-function-error-type": error.type]
    )
  }

  /// Tells that the function cannot start. The process ends after it.
  package func failInit(_ error: ReportedError) async throws(LambdaError) {
    try await self.post(
      "init/error",
      error.json,
      ["lambda-runtime-function-error-type": error.type]
    )
  }

  private func post(
    _ path: String,
    _ content: ByteBuffer,
    _ headers: HTTPHeaders = [:]
  ) async throws(LambdaError) {
    var headers = headers
    headers.add(name: "user-agent", value: Self.userAgent)
    headers.add(name: "content-type", value: "application/json")
    let call = HTTPCall(.POST, "\(Self.version)/\(path)", of: self.server, headers: headers)
    let head: HTTPResponseHead
    do {
      head = try await call.run(content) { head, _ in head }
    } catch {
      throw self.brokenOff(error)
    }
    try self.check(head)
  }

  /// An answer that is too large, or too late, is refused; the next event may go better.
  private func check(_ head: HTTPResponseHead) throws(LambdaError) {
    guard head.status.code / 100 == 2 else {
      throw LambdaError(
        .answerRefused,
        "The Runtime API refused the answer with \(head.status.code) \(head.status.reasonPhrase)"
      )
    }
  }

  /// The error of one answer: whether the Runtime API is gone, the next event tells.
  private func brokenOff(_ error: any Error) -> LambdaError {
    LambdaError(
      .answerRefused,
      "The Runtime API at \(self.server) has broken off the answer: \(error)"
    )
  }

  /// The error as the trailer fields of a stream have it, in base64.
  private static func trailers(of error: ReportedError) -> HTTPHeaders {
    var body: [UInt8] = []
    Base64.encode(Array(error.json.readableBytesView).span, to: &body)
    return [
      "Lambda-Runtime-Function-Error-Type": error.type,
      "Lambda-Runtime-Function-Error-Body": String(decoding: body, as: UTF8.self),
    ]
  }
}

/// An answer that is being streamed.
struct AnswerStream {
  private let outbound: HTTPCall.Outbound

  init(_ outbound: HTTPCall.Outbound) {
    self.outbound = outbound
  }

  /// Sends bytes; waits while the Runtime API is behind.
  func write(_ bytes: ByteBuffer) async throws {
    if bytes.readableBytes > 0 { try await self.outbound.write(.body(.byteBuffer(bytes))) }
  }
}

extension ReportedError {
  /// The error of an answer that did not come, or not whole.
  init(_ error: LambdaError) {
    let type =
      switch error.code {
      case .deadline: "Deadline"
      case .answerRefused: "AnswerRefused"
      case .runtimeAPI: "RuntimeAPI"
      case .server: "Server"
      case .stopping: "Stopping"
      }
    self.init(type, error.message)
  }
}
