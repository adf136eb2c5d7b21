import Identifiers
import RPC
import TokenwireAPI

/// A service with short names, whose handlers do everything that handlers do, and come to an end.
enum FuzzService {
  static let name: Identifier = "f"

  static let definition = ServiceDefinition(
    name: name,
    methods: [
      "u": .unary { (request: ChatMessage, _) in request },
      "e": .unary { (request: ChatMessage, _) -> ChatMessage in
        throw CallError(.notFound, request.content)
      },
      "w": .serverStreaming { (_: ChatMessage, _: ResponseWriter<ChatMessage>, _) in
        try await untilCancelled()
      },
      "s": .serverStreaming { (request: ChatMessage, responses: ResponseWriter<ChatMessage>, _) in
        for _ in 0 ..< 20 { try await responses.write(request) }
      },
      "c": .clientStreaming { (requests: RequestStream<ChatMessage>, _) in
        var last = ChatMessage()
        for try await request in requests { last = request }
        return last
      },
      "b": .bidirectionalStreaming {
        (requests: RequestStream<ChatMessage>, responses: ResponseWriter<ChatMessage>, _) in
        for try await request in requests { try await responses.write(request) }
      },
    ]
  )
}

/// Waits for the end of the call.
func untilCancelled() async throws {
  let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
  for await _ in stream {}
  continuation.finish()
  throw CancellationError()
}
