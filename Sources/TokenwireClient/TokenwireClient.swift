internal import Identifiers
public import Listening
public import RPC
public import TTRPC
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
///
/// Cancelling the task that reads a stream ends the server's work on it, and so does dropping the
/// stream. Calls that were certainly not processed are made again, as the options' `RetryPolicy`
/// says.
public struct TokenwireClient: Sendable {
  /// The calls as the protocol has them, each with its message.
  public let api: TokenwireStub
  /// Asks whether the server serves.
  public let health: HealthStub
  private let connection: RPCClient
  private let hasToken: Bool

  private init(_ connection: RPCClient, hasToken: Bool) {
    self.connection = connection
    self.hasToken = hasToken
    self.api = TokenwireStub(connection)
    self.health = HealthStub(connection)
  }

  /// Opens a connection. When it is lost later, the next call opens another one.
  ///
  /// - Parameters:
  ///   - token: the access token that travels with each call; nil is none.
  ///   - tls: what connections are secured with; nil leaves them in the clear.
  /// - Throws: `CallError.unavailable` when the server cannot be reached, or does not agree on TLS.
  public static func connect(
    to endpoint: Endpoint,
    token: String? = nil,
    tls: ClientTLS? = nil,
    options: ClientOptions = ClientOptions()
  ) async throws(CallError) -> TokenwireClient {
    var options = options
    if let token { options.metadata["authorization"] = "Bearer \(token)" }
    return TokenwireClient(
      try await RPCClient.connect(to: endpoint, tls: tls, options: options),
      hasToken: token != nil
    )
  }

  /// Runs tasks on the thread on which the client's bytes come and go, for those that do little but
  /// call and read: `withTaskExecutorPreference(client.taskExecutor)`. See `RPCClient.taskExecutor`.
  public var taskExecutor: any TaskExecutor { self.connection.taskExecutor }

  /// Closes the connection, and with it ends the calls that are under way.
  public func close() async {
    await self.connection.close()
  }

  /// Takes no new calls, waits for those that are under way, and closes the connection.
  public func closeGracefully() async {
    await self.connection.closeGracefully()
  }

  // MARK: Texts

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
    try await self.generate(
      GenerateRequest(input: .prompt(prompt), sampling: sampling, maxTokens: maxTokens),
      options: options
    )
  }

  /// Generates text as `request` says, whose members are all the options that there are.
  ///
  /// A client with a token calls `SecureGenerate`, one without `Generate`.
  ///
  /// - Returns: the stream of `started`, `delta`s and `finished`.
  /// - Throws: `CallError` when the request cannot be sent; what fails later, the stream throws.
  public func generate(
    _ request: GenerateRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> ResponseStream<GenerateResponse> {
    self.hasToken
      ? try await self.api.secureGenerate(request, options: options)
      : try await self.api.generate(request, options: options)
  }

  /// As `generate`, and returns the whole text.
  ///
  /// - Throws: `CallError`; the text until then is lost.
  public func text(
    _ prompt: String,
    maxTokens: Int32? = nil,
    sampling: SamplingOptions? = nil,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> String {
    try await self.text(
      GenerateRequest(input: .prompt(prompt), sampling: sampling, maxTokens: maxTokens),
      options: options
    )
  }

  /// As `generate`, and returns the whole text; of several texts, the first.
  ///
  /// - Throws: `CallError`; the text until then is lost.
  public func text(
    _ request: GenerateRequest,
    options: CallOptions = CallOptions()
  ) async throws(CallError) -> String {
    var text = ""
    for try await response in try await self.generate(request, options: options) {
      if case .delta(let delta) = response.event, delta.index == 0 { text += delta.text }
    }
    return text
  }
}
