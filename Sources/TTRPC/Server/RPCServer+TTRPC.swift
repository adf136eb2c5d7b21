public import Listening
public import Logging
public import RPC

extension RPCServer {
  /// Creates a server that speaks ttrpc (WIRE.md), and nothing else. It listens from `run` on.
  ///
  /// - Parameters:
  ///   - endpoint: a name or an address of this machine, where port 0 takes any free port, which
  ///     `run` tells; or the path of a socket, whose file appears and goes with the server.
  ///   - interceptors: what each call goes through before its handler, in their order.
  ///   - tls: what connections are secured with; nil leaves them in the clear.
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
