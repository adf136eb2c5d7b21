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
/// Cancelling the task that reads a stream, or dropping the stream, ends the server's work on it.
/// Calls that were certainly not processed are retried according to the options' `RetryPolicy`.
public struct TokenwireClient: Sendable {
  /// All methods of the API, with their messages.
  public let api: TokenwireStub
  /// The methods of the health service.
  public let health: HealthStub
  private let connection: RPCClient
  private let hasToken: Bool

  private init(_ connection: RPCClient, hasToken: Bool) {
    self.connection = connection
    self.hasToken = hasToken
    self.api = TokenwireStub(connection)
    self.health = HealthStub(connection)
  }

  /// Opens a connection. If it is lost later, the next call opens another one.
  ///
  /// - Parameters:
  ///   - token: the access token that is sent with each call; nil is none.
  ///   - tls: nil connects without TLS.
  /// - Throws: `CallError.unavailable` when the server cannot be reached, or TLS fails.
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

  /// Runs tasks on the client's event loop, for tasks that do little but call and read: see
  /// `RPCClient.taskExecutor`.
  public var taskExecutor: any TaskExecutor { self.connection.taskExecutor }

  /// Closes the connection; running calls fail.
  public func close() async {
    await self.connection.close()
  }

  /// Accepts no new calls, waits for running ones, and closes the connection.
  public func closeGracefully() async {
    await self.connection.closeGracefully()
  }

  // MARK: Texts

  /// Generates text that continues a prompt, with the server's default model.
  ///
  /// - Returns: the stream of `started`, `delta`s and `finished`.
  /// - Throws: `CallError` when the request cannot be sent; the stream throws later failures.
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

  /// Generates text for a request with any options.
  ///
  /// With an access token, the client calls `SecureGenerate`, otherwise `Generate`.
  ///
  /// - Returns: the stream of `started`, `delta`s and `finished`.
  /// - Throws: `CallError` when the request cannot be sent; the stream throws later failures.
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

  /// As `generate`, but returns the whole text; of several texts, the first.
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
