public import FrameRPC
public import TokenwireAPI

/// A client of a Tokenwire server, for any number of calls at a time.
///
/// ```swift
/// let client = try await TokenwireClient.connect(to: Endpoint(host: "127.0.0.1", port: 7437))
/// for try await response in try await client.generate("The capital of France is") {
///   if case .delta(let delta) = response.event { print(delta.text, terminator: "") }
/// }
/// await client.close()
/// ```
public struct TokenwireClient: Sendable {
  /// The calls as the protocol has them, each with its message.
  public let api: TokenwireStub
  /// Asks whether the server serves.
  public let health: HealthStub
  private let connection: RPCClient

  private init(_ connection: RPCClient) {
    self.connection = connection
    self.api = TokenwireStub(connection)
    self.health = HealthStub(connection)
  }

  /// Opens a connection. When it is lost later, the next call opens another one.
  ///
  /// - Parameter tls: what connections are secured with; nil leaves them in the clear.
  /// - Throws: `CallError.unavailable` when the server cannot be reached, or does not agree on TLS.
  public static func connect(
    to endpoint: Endpoint,
    tls: ClientTLS? = nil,
    options: ClientOptions = ClientOptions()
  ) async throws(CallError) -> TokenwireClient {
    TokenwireClient(try await RPCClient.connect(to: endpoint, tls: tls, options: options))
  }

  /// Closes the connection, and with it ends the calls that are under way.
  public func close() async {
    await self.connection.close()
  }

  /// Takes no new calls, waits for those that are under way, and closes the connection.
  public func closeGracefully() async {
    await self.connection.closeGracefully()
  }

  /// Generates text that continues a prompt, with the server's default model.
  ///
  /// - Returns: the stream of `started`, `delta`s and `finished`.
  /// - Throws: `CallError` when the request cannot be sent; what fails later, the stream throws.
  public func generate(
    _ prompt: String,
    maxTokens: Int32? = nil,
    sampling: SamplingOptions? = nil,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ResponseStream<GenerateResponse> {
    let request = GenerateRequest(input: .prompt(prompt), sampling: sampling, maxTokens: maxTokens)
    return try await self.api.generate(request, options: options)
  }
}
