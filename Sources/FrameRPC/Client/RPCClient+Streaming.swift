internal import NIOCore
public import Protobuf

extension RPCClient {
  /// Sends the requests that `send` writes, and returns the response, which may come before the
  /// last request is written; `send` is cancelled then.
  ///
  /// - Throws: as `unary`; and what `send` throws, which leaves the call to its timeout.
  public func clientStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    options: CallOptions = CallOptions(),
    _ send: @escaping @Sendable (RequestWriter<Request>) async throws -> Void
  ) async throws -> Response {
    let call = ClientCall(answer: .one)
    return try await self.exchange(call, method, options, send) {
      try await Self.onlyResponse(to: call)
    }
  }

  /// Sends the requests that `send` writes while `receive` reads the responses, and returns what
  /// `receive` makes of them; `send` is cancelled when `receive` returns.
  ///
  /// - Throws: what the two closures throw; `CallError` when the call cannot be opened.
  public func bidirectionalStreaming<Request: Message, Response: Message, Result: Sendable>(
    _ method: MethodDescriptor,
    options: CallOptions = CallOptions(),
    _ send: @escaping @Sendable (RequestWriter<Request>) async throws -> Void,
    receive: @escaping @Sendable (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    let call = ClientCall(answer: .stream)
    return try await self.exchange(call, method, options, send) {
      try await receive(ResponseStream(call.responses))
    }
  }

  private func exchange<Request: Message, Result: Sendable>(
    _ call: ClientCall,
    _ method: MethodDescriptor,
    _ options: CallOptions,
    _ send: @escaping @Sendable (RequestWriter<Request>) async throws -> Void,
    _ receive: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let id = try self.open(call, method, nil, flags: .remoteOpen, options)
    let requests = OutboundStream(id: id, writer: self.writer)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        try await send(RequestWriter(requests))
        requests.close { $0.writeEnd(stream: id) }
        return nil
      }
      group.addTask { try await receive() }
      defer { group.cancelAll() }
      while let outcome = try await group.next() {
        if let result = outcome { return result }
      }
      throw CancellationError()
    }
  }
}
