public import Listening
public import Logging
public import RPC

extension RPCServer {
  /// Creates a server that speaks only ttrpc (WIRE.md). It listens when `run` is called.
  ///
  /// - Parameters:
  ///   - endpoint: a name or an address of this machine, where port 0 chooses a free port, which
  ///     `run` reports; or the path of a socket, whose file exists while the server runs.
  ///   - interceptors: called for each call, in this order, before its handler.
  ///   - tls: nil serves plaintext.
  /// - Precondition: no two services have the same name.
  public convenience init(
    endpoint: Endpoint,
    services: [ServiceDefinition],
    interceptors: [any ServerInterceptor] = [],
    tls: ServerTLS? = nil,
    limits: CallLimits = CallLimits(),
    connectionLimits: ConnectionLimits = ConnectionLimits(),
    timeouts: ConnectionTimeouts = ConnectionTimeouts(),
    logger: Logger
  ) {
    self.init(
      endpoint: endpoint,
      services: services,
      interceptors: interceptors,
      transports: [TTRPCTransport()],
      tls: tls,
      limits: limits,
      connectionLimits: connectionLimits,
      timeouts: timeouts,
      logger: logger
    )
  }
}
