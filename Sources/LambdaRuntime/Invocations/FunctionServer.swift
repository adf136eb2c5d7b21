internal import Identifiers
package import Listening
internal import NIOCore
internal import NIOHTTP1

/// The HTTP server of this process, which answers the requests of events.
package struct FunctionServer: Sendable {
  private let endpoint: Endpoint
  private let addressField: String
  private let timeoutField: String

  /// - Parameters:
  ///   - endpoint: where it listens; nobody else reaches it.
  ///   - addressField: the header field that tells it a client's address.
  ///   - timeoutField: the one that tells how long the client waits, in milliseconds.
  package init(at endpoint: Endpoint, addressField: String, timeoutField: String) {
    self.endpoint = endpoint
    self.addressField = addressField
    self.timeoutField = timeoutField
  }

  /// Has an event's request answered.
  ///
  /// - Parameter read: reads the answer; what it throws is thrown.
  @concurrent func answer(
    _ event: HTTPEvent,
    of invocation: Invocation,
    _ read: @concurrent (EventAnswer, inout AnswerBody) async throws -> Void
  ) async throws {
    let limits = invocation.deadline.limits
    let end = limits.map { ContinuousClock.now + $0.ofWait }
    let call = HTTPCall(
      event.method,
      event.target,
      of: self.endpoint,
      headers: self.headers(event, invocation, timeout: limits?.ofServer)
    )
    // An error of the reader is passed on as it is.
    var hasAnswer = false
    do {
      try await call.run(event.body, timeout: limits?.ofWait) { head, body in
        hasAnswer = true
        var answer = AnswerBody(body, until: end)
        try await read(EventAnswer(head.status, head.headers, event.format), &answer)
      }
    } catch  where !hasAnswer {
      throw LambdaError(waitingUntil: end, error)
    }
  }

  private func headers(
    _ event: HTTPEvent,
    _ invocation: Invocation,
    timeout: Duration?
  ) -> HTTPHeaders {
    var headers = event.headers
    // A client cannot say what only this function may.
    headers.remove(name: self.addressField)
    headers.remove(name: self.timeoutField)
    if headers["host"].count != 1 { headers.replaceOrAdd(name: "host", value: "localhost") }
    if let address = event.clientAddress, !address.isEmpty, address.utf8.allSatisfy({ $0 > 0x20 }) {
      headers.add(name: self.addressField, value: address.text)
    }
    if let timeout {
      headers.add(name: self.timeoutField, value: "\(Int(timeout / .milliseconds(1)))")
    }
    if !headers.contains(name: "x-request-id") {
      headers.add(name: "x-request-id", value: invocation.id)
    }
    if let trace = invocation.traceID {
      headers.replaceOrAdd(name: "x-amzn-trace-id", value: trace)
    }
    return headers
  }
}

/// The content of an answer, as the server writes it.
struct AnswerBody {
  private var body: ResponseBody
  private let end: ContinuousClock.Instant?

  init(_ body: ResponseBody, until end: ContinuousClock.Instant?) {
    self.body = body
    self.end = end
  }

  /// The next bytes; nil at the end.
  mutating func next() async throws(LambdaError) -> ByteBuffer? {
    do {
      return try await self.body.next()
    } catch {
      throw LambdaError(waitingUntil: self.end, error)
    }
  }

  mutating func whole() async throws(LambdaError) -> ByteBuffer {
    var whole = ByteBuffer()
    while let bytes = try await self.next() { whole.writeImmutableBuffer(bytes) }
    return whole
  }
}

extension LambdaError {
  /// The error of an answer that did not come, or not whole.
  ///
  /// - Parameter end: when it was not waited for any longer; nil: never.
  fileprivate init(waitingUntil end: ContinuousClock.Instant?, _ error: any Error) {
    if let end, end <= .now {
      self.init(.deadline, "The function's time is over before the answer is whole")
    } else {
      self.init(.server, "The server has not answered: \(error)")
    }
  }
}
