public import Protobuf

/// Serves the calls of one method, which is of one of the four kinds of protobuf services.
public struct MethodHandler: Sendable {
  /// Whether the client may send more than one message.
  let takesMessages: Bool
  let serve: @Sendable (ServerCall) async throws -> Void

  /// One request, one response.
  ///
  /// - Parameter accessToken: reads the access token in a request's field; nil when requests have
  ///   no such field.
  public static func unary<Request: Message, Response: Message>(
    accessToken: (@Sendable (Request) -> String)? = nil,
    _ handle: @escaping @Sendable (Request, CallContext) async throws -> Response
  ) -> MethodHandler {
    MethodHandler(takesMessages: false) { call in
      let request = try Request(serialized: call.request)
      let context = try call.begin(accessToken: accessToken?(request) ?? "")
      let response = try await handle(request, context)
      call.handlerReturned()
      try call.respond(response)
    }
  }

  /// One request, a stream of responses.
  ///
  /// - Parameter accessToken: as for `unary`.
  public static func serverStreaming<Request: Message, Response: Message>(
    accessToken: (@Sendable (Request) -> String)? = nil,
    _ handle:
      @escaping @Sendable (Request, ResponseWriter<Response>, CallContext) async throws ->
      Void
  ) -> MethodHandler {
    MethodHandler(takesMessages: false) { call in
      let request = try Request(serialized: call.request)
      let context = try call.begin(accessToken: accessToken?(request) ?? "")
      try await handle(request, ResponseWriter(call.responses), context)
      call.handlerReturned()
      call.endResponses()
    }
  }

  /// A stream of requests, one response.
  public static func clientStreaming<Request: Message, Response: Message>(
    _ handle: @escaping @Sendable (RequestStream<Request>, CallContext) async throws -> Response
  ) -> MethodHandler {
    MethodHandler(takesMessages: true) { call in
      let response = try await handle(RequestStream(call.requests), call.begin())
      call.handlerReturned()
      try call.respond(response)
    }
  }

  /// A stream of requests and a stream of responses, independent of each other.
  public static func bidirectionalStreaming<Request: Message, Response: Message>(
    _ handle:
      @escaping @Sendable (
        RequestStream<Request>, ResponseWriter<Response>, CallContext
      ) async throws -> Void
  ) -> MethodHandler {
    MethodHandler(takesMessages: true) { call in
      try await handle(
        RequestStream(call.requests),
        ResponseWriter(call.responses),
        call.begin()
      )
      call.handlerReturned()
      call.endResponses()
    }
  }
}
