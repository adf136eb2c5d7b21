public import Listening
public import RPC

/// Calls protobuf services over ttrpc (WIRE.md), any number at a time over one connection.
///
/// When the connection is lost, or the server says that it ends, the next call opens another one.
/// Calls that were certainly not processed are made again, as the options' `RetryPolicy` says.
///
/// A caller that is cancelled or drops a stream ends its call at once, and the server's work on it
/// where the server speaks the extension. A stock ttrpc server has no message for that: it works on
/// until the call's timeout or the end of the connection.
public final class RPCClient: Sendable {
  let options: ClientOptions
  let connections: ConnectionSource

  /// Creates a client, which connects at its first call.
  ///
  /// - Parameter tls: what connections are secured with; nil leaves them in the clear.
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
  /// - Throws: `CallError.unavailable` when the server cannot be reached, or does not agree on TLS.
  public static func connect(
    to endpoint: Endpoint,
    tls: ClientTLS? = nil,
    options: ClientOptions = ClientOptions()
  ) async throws(CallError) -> RPCClient {
    let client = RPCClient(endpoint: endpoint, tls: tls, options: options)
    _ = try await client.connections.connection(before: nil)
    return client
  }

  /// Runs tasks on the thread on which the client's bytes come and go, for those that do little but
  /// call and read: `withTaskExecutorPreference(client.taskExecutor)`. A call then wakes no other
  /// thread, on its way out and back. A task that computes for long, or blocks, holds up all calls
  /// of the client there.
  public var taskExecutor: any TaskExecutor { self.connections.taskExecutor }

  /// What the connection does now.
  public var connectionState: ConnectionState { self.connections.current }

  /// What the connection does, now and at each change; a reader that is slow sees the latest. Ends
  /// when the client is closed.
  public func connectionStates() -> AsyncStream<ConnectionState> { self.connections.states() }

  /// Closes the client; calls that are under way fail with `unavailable`.
  public func close() async {
    for connection in self.connections.close() { await connection.close() }
  }

  /// Takes no new calls, waits for those that are under way, and closes.
  public func closeGracefully() async {
    for connection in self.connections.close() {
      await connection.table.waitUntilEmpty()
      await connection.close()
    }
  }
}
