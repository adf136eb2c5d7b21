import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// Calls of each kind, of which messages are `Fields`.
struct Client: Sendable {
  /// What takes longer hangs.
  static let patience = Duration.seconds(30)

  typealias Requests = @Sendable (RPCWriter<Fields>) async throws -> Void

  var client: GRPCClient<HTTP2ClientTransport.Posix>

  /// - Returns: the response, or what the call has failed with.
  func unary(
    _ method: MethodDescriptor,
    _ request: Fields,
    metadata: Metadata = [:],
    options: CallOptions = .patient
  ) async throws -> ClientResponse<Fields> {
    try await self.client.unary(
      request: ClientRequest(message: request, metadata: metadata),
      descriptor: method,
      serializer: FieldsSerializer(),
      deserializer: FieldsDeserializer(),
      options: options
    ) { $0 }
  }

  /// - Returns: the response, or what the call has failed with.
  func clientStreaming(
    _ method: MethodDescriptor,
    options: CallOptions = .patient,
    requests: @escaping Requests
  ) async throws -> ClientResponse<Fields> {
    try await self.client.clientStreaming(
      request: StreamingClientRequest(producer: requests),
      descriptor: method,
      serializer: FieldsSerializer(),
      deserializer: FieldsDeserializer(),
      options: options
    ) { $0 }
  }

  /// The call is cancelled when `onResponse` returns before its end.
  func serverStreaming<Result: Sendable>(
    _ method: MethodDescriptor,
    _ request: Fields,
    onResponse: @escaping @Sendable (StreamingClientResponse<Fields>) async throws -> Result
  ) async throws -> Result {
    try await self.client.serverStreaming(
      request: ClientRequest(message: request),
      descriptor: method,
      serializer: FieldsSerializer(),
      deserializer: FieldsDeserializer(),
      options: .patient,
      onResponse: onResponse
    )
  }

  /// `onResponse` is called once the first response has come, at the earliest: so the first request
  /// may not wait for it.
  func bidirectionalStreaming<Result: Sendable>(
    _ method: MethodDescriptor,
    metadata: Metadata = [:],
    options: CallOptions = .patient,
    requests: @escaping Requests,
    onResponse: @escaping @Sendable (StreamingClientResponse<Fields>) async throws -> Result
  ) async throws -> Result {
    try await self.client.bidirectionalStreaming(
      request: StreamingClientRequest(metadata: metadata, producer: requests),
      descriptor: method,
      serializer: FieldsSerializer(),
      deserializer: FieldsDeserializer(),
      options: options,
      onResponse: onResponse
    )
  }
}

extension CallOptions {
  static var patient: Self { .ending(after: Client.patience) }

  static func ending(after time: Duration) -> Self {
    var options = Self.defaults
    options.timeout = time
    return options
  }

  var compressed: Self {
    var options = self
    options.compression = .gzip
    return options
  }
}
