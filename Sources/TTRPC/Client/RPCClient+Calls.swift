public import Protobuf
public import RPC

extension RPCClient {
  /// Sends one request and returns the response.
  ///
  /// - Throws: the server's error; `cancelled` when this task is cancelled; `unavailable` when the
  ///   connection cannot be opened or closes; `deadlineExceeded` after the timeout;
  ///   `invalidArgument` for metadata that cannot be sent.
  public func unary<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ request: Request,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> Response {
    var attempts = try CallAttempts(self, method, request, answer: .one, flags: [], options)
    var call = try await attempts.open()
    while true {
      do {
        return try await Self.onlyResponse(to: call)
      } catch {
        call = try await attempts.reopen(after: error, call)
      }
    }
  }

  /// Sends one request and returns the stream of responses.
  ///
  /// - Throws: as `unary`, when the request cannot be sent; the stream throws later failures.
  public func serverStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ request: Request,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ResponseStream<Response> {
    var attempts = try CallAttempts(
      self,
      method,
      request,
      answer: .stream,
      flags: .remoteClosed,
      options
    )
    let call = try await attempts.open()
    return ResponseStream(call.responses, retry: ClientCallRetry(call: call, attempts: attempts))
  }

  /// Sends the requests that `send` writes, and returns the response. If the response comes first,
  /// `send` is cancelled. The call is not retried.
  ///
  /// - Throws: as `unary`; and what `send` throws, which ends the call.
  public func clientStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    options: CallOptions = CallOptions(),
    _ send: @escaping @Sendable (RequestWriter<Request>) async throws -> Void
  ) async throws -> Response {
    try await self.exchange(method, .one, options, send) { try await Self.onlyResponse(to: $0) }
  }

  /// Sends the requests that `send` writes while `receive` reads the responses, and returns the
  /// result of `receive`; `send` is cancelled when `receive` returns. The call is not retried.
  ///
  /// - Throws: what the two closures throw; `CallError` when the call cannot be opened.
  public func bidirectionalStreaming<Request: Message, Response: Message, Result: Sendable>(
    _ method: MethodDescriptor,
    options: CallOptions = CallOptions(),
    _ send: @escaping @Sendable (RequestWriter<Request>) async throws -> Void,
    receive: @escaping @Sendable (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    try await self.exchange(method, .stream, options, send) {
      try await receive(ResponseStream($0.responses))
    }
  }

  private func exchange<Request: Message, Result: Sendable>(
    _ method: MethodDescriptor,
    _ answer: ClientCall.Answer,
    _ options: CallOptions,
    _ send: @escaping @Sendable (RequestWriter<Request>) async throws -> Void,
    _ receive: @escaping @Sendable (ClientCall) async throws -> Result
  ) async throws -> Result {
    var attempts = try CallAttempts(self, method, nil, answer: answer, flags: .remoteOpen, options)
    let call = try await attempts.open()
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      if let requests = call.requests {
        group.addTask {
          try await send(RequestWriter(requests))
          requests.finish(nil, unsent: .send)
          return nil
        }
      }
      group.addTask { try await receive(call) }
      defer { group.cancelAll() }
      while let outcome = try await group.next() {
        if let result = outcome { return result }
      }
      throw CancellationError()
    }
  }

  private static func onlyResponse<Response: Message>(
    to call: ClientCall
  ) async throws(CallError) -> Response {
    var responses = ResponseStream<Response>(call.responses).makeAsyncIterator()
    guard let response = try await responses.next() else {
      throw .protocolViolation("ends a call without its response")
    }
    return response
  }
}

/// Retries a call whose responses are a stream.
private struct ClientCallRetry: CallRetry {
  var call: ClientCall
  var attempts: CallAttempts

  mutating func reopen(after error: CallError) async throws(CallError) -> MessageQueue {
    self.call = try await self.attempts.reopen(after: error, self.call)
    return self.call.responses
  }
}
