import Identifiers
import NIOCore
import Protobuf
import TokenwireAPI

/// Every message of the API. The first byte of the input says which.
struct MessagesTarget: FuzzTarget {
  private static let types: [any Message.Type] = [
    GenerateRequest.self, GenerateResponse.self, CountTokensRequest.self, CountTokensResponse.self,
    ListModelsRequest.self, ListModelsResponse.self, AbortRequest.self, AbortResponse.self,
    LogRequestRequest.self, LogRequestResponse.self, QueryLogsRequest.self, LogEntry.self,
    HealthCheckRequest.self, HealthCheckResponse.self, EraseLogsRequest.self,
    EraseLogsResponse.self, HealthListRequest.self, HealthListResponse.self,
    ServerReflectionRequest.self, ServerReflectionResponse.self,
  ]

  /// An empty message of each type, and one of many fields.
  var seeds: [ByteBuffer] {
    var request = ByteBuffer(integer: UInt8(0))
    GenerateRequest(
      model: "model",
      input: .messages(ChatMessages(messages: [ChatMessage(role: "user", content: "Hi")])),
      sampling: SamplingOptions(temperature: 0.5, topK: 40, seed: 1),
      maxTokens: 10,
      stop: ["a", "b"],
      logprobs: 2,
      constraint: .grammar("root ::= \"a\""),
      metadata: ["key": "value"]
    ).serialize(into: &request)
    return Self.types.indices.map { ByteBuffer(integer: UInt8($0)) } + [request]
  }

  func run(_ input: ByteBuffer) {
    var bytes = input
    guard let index: UInt8 = bytes.readInteger() else { return }
    Self.types[Int(index) % Self.types.count].checkStability(bytes)
  }
}
