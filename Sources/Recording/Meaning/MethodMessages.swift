internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import RPC
internal import TokenwireAPI

/// The messages of a method, for those who see only its bytes.
struct MethodMessages {
  private let request: any CMessage.Type
  private let response: any CMessage.Type
  /// The field of the request that holds an access token.
  let tokenField: Int?

  private init(
    _ request: any CMessage.Type,
    _ response: any CMessage.Type,
    tokenField: Int? = nil
  ) {
    self.request = request
    self.response = response
    self.tokenField = tokenField
  }

  /// Nil for methods of other services.
  static func of(_ method: MethodDescriptor) -> MethodMessages? { self.table[method] }

  /// Nil when the bytes are not the message that `side` sends.
  func value(of bytes: ByteBuffer, from side: RecordedEvent.Side) -> MessageValue? {
    let type = side == .client ? self.request : self.response
    return try? type.value(of: bytes).naming(Self.enums)
  }

  /// The values of enums, by the names of their fields; the fields of a name have one enum.
  private static let enums: [Identifier: [Int64: Identifier]] = [
    "finish_reason": [
      1: "STOP", 2: "STOP_SEQUENCE", 3: "LENGTH", 4: "CONTEXT_LENGTH", 5: "CANCELLED",
      6: "DEADLINE", 7: "ERROR",
    ],
    "durability": [1: "SYNCED"],
    "state": [1: "UNLOADED", 2: "LOADING", 3: "READY"],
    "order": [1: "NEWEST_FIRST", 2: "OLDEST_FIRST"],
    "status": [1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"],
  ]

  private static let generate = MethodMessages(
    GenerateRequest.self,
    GenerateResponse.self,
    tokenField: 12
  )

  private static let table: [MethodDescriptor: MethodMessages] = [
    TokenwireMethod.generate: generate,
    TokenwireMethod.secureGenerate: generate,
    TokenwireMethod.logRequest: .init(
      LogRequestRequest.self,
      LogRequestResponse.self,
      tokenField: 7
    ),
    TokenwireMethod.queryLogs: .init(QueryLogsRequest.self, LogEntry.self, tokenField: 9),
    TokenwireMethod.eraseLogs: .init(EraseLogsRequest.self, EraseLogsResponse.self, tokenField: 2),
    TokenwireMethod.listModels: .init(ListModelsRequest.self, ListModelsResponse.self),
    TokenwireMethod.countTokens: .init(CountTokensRequest.self, CountTokensResponse.self),
    TokenwireMethod.abort: .init(AbortRequest.self, AbortResponse.self),
    HealthMethod.check: .init(HealthCheckRequest.self, HealthCheckResponse.self),
    HealthMethod.watch: .init(HealthCheckRequest.self, HealthCheckResponse.self),
  ]
}
