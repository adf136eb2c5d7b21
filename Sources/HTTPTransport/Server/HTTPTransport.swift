package import Listening
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
package import RPC

/// HTTP/1.1 and HTTP/2 for a server's connections.
package struct HTTPTransport: ServerTransport {
  private let router: Router
  private let limits: HTTPLimits
  private let crossOrigin: CrossOrigin
  private let forwardedFields: ForwardedFields?
  private let streamProtocols: [any StreamProtocol]

  /// The names in TLS (ALPN).
  package static let applicationProtocols = ["h2", "http/1.1"]

  /// Creates the transport.
  ///
  /// - Parameters:
  ///   - groups: what the server answers: see `Router`.
  ///   - crossOrigin: which web pages may call the server.
  ///   - forwardedFields: how who passes requests on tells of their clients; nil: nobody does.
  ///   - streamProtocols: what streams of HTTP/2 may carry besides requests.
  package init(
    _ groups: [RouteGroup],
    limits: HTTPLimits = HTTPLimits(),
    crossOrigin: CrossOrigin = CrossOrigin(),
    forwardedFields: ForwardedFields? = nil,
    streamProtocols: [any StreamProtocol] = []
  ) {
    self.router = Router(groups)
    self.limits = limits
    self.crossOrigin = crossOrigin
    self.forwardedFields = forwardedFields
    self.streamProtocols = streamProtocols
  }

  /// The names in TLS (ALPN).
  package var applicationProtocols: [String] { Self.applicationProtocols }

  /// A request begins with its method, or with an empty line before it (RFC 9112 section 2.2), HTTP/2
  /// with "PRI".
  package func begins(with byte: UInt8) -> Bool {
    UInt8(ascii: "A") ... UInt8(ascii: "Z") ~= byte || byte == UInt8(ascii: "\r")
  }

  /// Adds the handlers for requests.
  package func addHandlers(to connection: ServerConnection) throws {
    // A client may close its side after its last request, and still read the answer.
    try connection.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    let state = HTTPConnection(
      connection,
      self.router,
      self.limits,
      self.crossOrigin,
      self.forwardedFields,
      self.streamProtocols
    )
    try connection.channel.pipeline.syncOperations.addHandler(HTTPVersionSelector(state))
  }

  /// Answers a request, or an HTTP/2 connection, with an error.
  package func refusal(_ error: CallError) -> any ConnectionRefusal {
    HTTPRefusal(error.message)
  }
}
