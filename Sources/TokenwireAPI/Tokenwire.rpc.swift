// Generated from Protos/tokenwire/v1/tokenwire.proto by `make proto`: do not edit.
// swift-format-ignore-file

public import Identifiers
package import Protobuf
public import RPC
public import TTRPC

/// The methods of `tokenwire.v1.Tokenwire`.
public enum TokenwireMethod {
  public static let service: Identifier = "tokenwire.v1.Tokenwire"
  public static let generate = MethodDescriptor(
    service: service,
    method: "Generate"
  )
  public static let secureGenerate = MethodDescriptor(
    service: service,
    method: "SecureGenerate"
  )
  public static let logRequest = MethodDescriptor(
    service: service,
    method: "LogRequest"
  )
  public static let queryLogs = MethodDescriptor(
    service: service,
    method: "QueryLogs"
  )
  public static let eraseLogs = MethodDescriptor(
    service: service,
    method: "EraseLogs"
  )
  public static let listModels = MethodDescriptor(
    service: service,
    method: "ListModels"
  )
  public static let countTokens = MethodDescriptor(
    service: service,
    method: "CountTokens"
  )
  public static let detokenize = MethodDescriptor(
    service: service,
    method: "Detokenize"
  )
  public static let abort = MethodDescriptor(
    service: service,
    method: "Abort"
  )

  /// What a call of each method sends and is answered, for those who see only its bytes.
  package static let messages: [MethodDescriptor: (request: any (CMessage & JSONMessage).Type, response: any (CMessage & JSONMessage).Type)] = [
    generate: (GenerateRequest.self, GenerateResponse.self),
    secureGenerate: (GenerateRequest.self, GenerateResponse.self),
    logRequest: (LogRequestRequest.self, LogRequestResponse.self),
    queryLogs: (QueryLogsRequest.self, LogEntry.self),
    eraseLogs: (EraseLogsRequest.self, EraseLogsResponse.self),
    listModels: (ListModelsRequest.self, ListModelsResponse.self),
    countTokens: (CountTokensRequest.self, CountTokensResponse.self),
    detokenize: (DetokenizeRequest.self, DetokenizeResponse.self),
    abort: (AbortRequest.self, AbortResponse.self),
  ]

  /// The methods that are answered by a stream of messages.
  package static let streaming: Set<MethodDescriptor> = [generate, secureGenerate, queryLogs]
}

/// The handlers of `tokenwire.v1.Tokenwire`.
public protocol TokenwireService: Sendable {
  /// Streams one `started`, then `delta`s, then one `finished` for each text.
  func generate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws

  /// As `Generate`, with an access token; `started.user_id` is its user.
  func secureGenerate(
    _ request: GenerateRequest,
    response: ResponseWriter<GenerateResponse>,
    context: CallContext
  ) async throws

  /// Stores a prompt and its response for the calling user; returns when the entry is on disk.
  func logRequest(
    _ request: LogRequestRequest,
    context: CallContext
  ) async throws -> LogRequestResponse

  /// Streams the log entries of the calling user.
  func queryLogs(
    _ request: QueryLogsRequest,
    response: ResponseWriter<LogEntry>,
    context: CallContext
  ) async throws

  /// Erases all that a user has logged so far, for good; needs the scope "admin".
  func eraseLogs(
    _ request: EraseLogsRequest,
    context: CallContext
  ) async throws -> EraseLogsResponse

  func listModels(
    _ request: ListModelsRequest,
    context: CallContext
  ) async throws -> ListModelsResponse

  /// The number of tokens that an input takes, and the tokens, without generating.
  func countTokens(
    _ request: CountTokensRequest,
    context: CallContext
  ) async throws -> CountTokensResponse

  /// The text of tokens.
  func detokenize(
    _ request: DetokenizeRequest,
    context: CallContext
  ) async throws -> DetokenizeResponse

  /// Ends a running generation of the caller, for clients whose protocol has no cancellation.
  /// Another caller's generation is NOT_FOUND, except with the scope "admin".
  func abort(
    _ request: AbortRequest,
    context: CallContext
  ) async throws -> AbortResponse
}

extension TokenwireService {
  /// What a server needs to offer the service.
  public var definition: ServiceDefinition {
    ServiceDefinition(
      name: TokenwireMethod.service,
      methods: [
        "Generate": .serverStreaming(accessToken: { $0.accessToken }) {
          try await self.generate($0, response: $1, context: $2)
        },
        "SecureGenerate": .serverStreaming(accessToken: { $0.accessToken }) {
          try await self.secureGenerate($0, response: $1, context: $2)
        },
        "LogRequest": .unary(accessToken: { $0.accessToken }) {
          try await self.logRequest($0, context: $1)
        },
        "QueryLogs": .serverStreaming(accessToken: { $0.accessToken }) {
          try await self.queryLogs($0, response: $1, context: $2)
        },
        "EraseLogs": .unary(accessToken: { $0.accessToken }) {
          try await self.eraseLogs($0, context: $1)
        },
        "ListModels": .unary {
          try await self.listModels($0, context: $1)
        },
        "CountTokens": .unary {
          try await self.countTokens($0, context: $1)
        },
        "Detokenize": .unary {
          try await self.detokenize($0, context: $1)
        },
        "Abort": .unary {
          try await self.abort($0, context: $1)
        },
      ]
    )
  }
}

/// Calls `tokenwire.v1.Tokenwire`.
public struct TokenwireStub: Sendable {
  private let client: RPCClient

  /// Creates a stub that calls over the connection of `client`.
  public init(_ client: RPCClient) {
    self.client = client
  }

  /// Streams one `started`, then `delta`s, then one `finished` for each text.
  public func generate(
    _ request: GenerateRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ResponseStream<GenerateResponse> {
    try await self.client.serverStreaming(TokenwireMethod.generate, request, options: options)
  }

  /// As `Generate`, with an access token; `started.user_id` is its user.
  public func secureGenerate(
    _ request: GenerateRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ResponseStream<GenerateResponse> {
    try await self.client.serverStreaming(TokenwireMethod.secureGenerate, request, options: options)
  }

  /// Stores a prompt and its response for the calling user; returns when the entry is on disk.
  public func logRequest(
    _ request: LogRequestRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> LogRequestResponse {
    try await self.client.unary(TokenwireMethod.logRequest, request, options: options)
  }

  /// Streams the log entries of the calling user.
  public func queryLogs(
    _ request: QueryLogsRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ResponseStream<LogEntry> {
    try await self.client.serverStreaming(TokenwireMethod.queryLogs, request, options: options)
  }

  /// Erases all that a user has logged so far, for good; needs the scope "admin".
  public func eraseLogs(
    _ request: EraseLogsRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> EraseLogsResponse {
    try await self.client.unary(TokenwireMethod.eraseLogs, request, options: options)
  }

  public func listModels(
    _ request: ListModelsRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ListModelsResponse {
    try await self.client.unary(TokenwireMethod.listModels, request, options: options)
  }

  /// The number of tokens that an input takes, and the tokens, without generating.
  public func countTokens(
    _ request: CountTokensRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> CountTokensResponse {
    try await self.client.unary(TokenwireMethod.countTokens, request, options: options)
  }

  /// The text of tokens.
  public func detokenize(
    _ request: DetokenizeRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> DetokenizeResponse {
    try await self.client.unary(TokenwireMethod.detokenize, request, options: options)
  }

  /// Ends a running generation of the caller, for clients whose protocol has no cancellation.
  /// Another caller's generation is NOT_FOUND, except with the scope "admin".
  public func abort(
    _ request: AbortRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> AbortResponse {
    try await self.client.unary(TokenwireMethod.abort, request, options: options)
  }
}
