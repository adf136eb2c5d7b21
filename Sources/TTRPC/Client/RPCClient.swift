public import Listening
public import RPC

/// Calls protobuf services over ttrpc (WIRE.md), any number at a time over one connection.
///
/// When the connection is lost, or the server announces its end, the next call opens another one.
/// Calls that were certainly not processed are retried according to the `RetryPolicy`.
///
/// Cancelling the caller's task or dropping a stream ends the call at once, and also the server's
/// work if the server speaks the extension. A stock ttrpc server continues until the call's timeout
/// or the end of the connection.
public final class RPCClient: Sendable {
  let options: ClientOptions
  let connections: ConnectionSource

  /// Creates a client, which connects at its first call.
  ///
  /// - Parameter tls: nil connects without TLS.
  public init(
    endpoint: Endpoint,
    tls: ClientTLS? = nil,
    options: ClientOptions = ClientOptions()
  ) {
    self.options = options
    self.connections = ConnectionSource(endpoint: endpoint, tls: tls, options: options)
  }

  /// Creates a client and opens its connection, in one attempt.
  ///
  /// - Throws: `CallError.unavailable` when the server cannot be reached, or TLS fails.
  public static func connect(
    to endpoint: Endpoint,
    tls: ClientTLS? = nil,
    options: ClientOptions = ClientOptions()
  ) async throws(CallError) -> RPCClient {
    let client = RPCClient(endpoint: endpoint, tls: tls, options: options)
    _ = try await client.connections.connection(before: nil)
    return client
  }

  /// Runs tasks on the client's event loop, for tasks that do little but call and read:
  /// `withTaskExecutorPreference(client.taskExecutor)`. Their calls then wake no other thread. A
  /// task that blocks or computes for long delays all calls of the client.
  public var taskExecutor: any TaskExecutor { self.connections.taskExecutor }

  /// The state of the connection.
  public var connectionState: ConnectionState { self.connections.current }

  /// The state of the connection, now and after each change; a slow reader gets only the latest. It
  /// ends when the client is closed.
  public func connectionStates() -> AsyncStream<ConnectionState> { self.connections.states() }

  /// Closes the client; running calls fail with `unavailable`.
  public func close() async {
    for connection in self.connections.close() { await connection.close() }
  }

  /// Accepts no new calls, waits for running ones, and closes the client.
  public func closeGracefully() async {
    for connection in self.connections.close() {
      await connection.table.waitUntilEmpty()
      await connection.close()
    }
  }
}
