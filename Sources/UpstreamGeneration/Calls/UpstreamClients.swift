internal import AsyncHTTPClient
internal import Generation
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The connections to the servers of a model.
///
/// Redirects are not followed: what is called is in the operator's file alone.
struct UpstreamClients: Sendable {
  private let direct: HTTPClient
  /// Goes through a proxy; nil when there is none.
  private let proxied: HTTPClient?
  private let proxies: ProxyRules

  /// How soon the end of an old connection is met. A server that ends a connection later may have worked.
  private static let endOfOldConnection = Duration.seconds(1)

  /// - Parameters:
  ///   - limits: have the time for a new connection, and how many calls a server gets at once.
  ///   - proxies: which servers are called through which proxy.
  init(_ limits: UpstreamLimits, _ proxies: ProxyRules) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .nanoseconds(Int64(limits.connectTimeout / .nanoseconds(1)))
    // A server has one connection of HTTP/2, and what it has no stream for would wait unseen in it.
    if limits.concurrentCalls > UpstreamLimits.streamsOfConnection {
      configuration.httpVersion = .http1Only
    }
    // The pool of replicas limits them.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = .max
    // Another server is tried instead.
    configuration.connectionPool.retryConnectionEstablishment = false
    self.direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.proxied = proxies.proxy.map { proxy in
      configuration.proxy = proxy
      return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
    self.proxies = proxies
  }

  /// Sends a request, and waits for the head of its answer. When the server closes the connection at once
  /// instead, it is sent once more: uvicorn and llama-server close idle connections after 5 seconds, perhaps
  /// just as the request is under way. So it is when the server says that it has not begun with it: those of
  /// HTTP/2 end connections so, nginx after 1,000 requests (RFC 9113 section 8.7).
  ///
  /// - Parameters:
  ///   - url: the address; the base URL of a replica and a path.
  ///   - authorities: a PEM file; nil are the system's.
  func send(
    _ method: HTTPMethod,
    _ url: String,
    _ headers: HTTPHeaders,
    body: [UInt8] = [],
    authorities: String?
  ) async throws(UpstreamFailure) -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url)
    request.method = method
    request.headers = headers
    if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
    if let authorities {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(authorities)
      request.tlsConfiguration = tls
    }
    let client = self.proxies.applies(to: url) ? self.proxied ?? self.direct : self.direct
    let begin = ContinuousClock.now
    do throws(UpstreamFailure) {
      return try await Self.execute(request, by: client)
    } catch {
      let wasOld = error == .closed && .now - begin < Self.endOfOldConnection
      guard wasOld || error == .notBegun, !Task.isCancelled else { throw error }
      return try await Self.execute(request, by: client)
    }
  }

  private static func execute(
    _ request: HTTPClientRequest,
    by client: HTTPClient
  ) async throws(UpstreamFailure) -> HTTPClientResponse {
    do {
      return try await client.execute(request, deadline: .distantFuture)
    } catch {
      throw UpstreamFailure(error)
    }
  }

  /// Closes the connections.
  func shutDown(_ logger: Logger) async {
    for client in [self.direct, self.proxied].compactMap({ $0 }) {
      do {
        try await client.shutdown()
      } catch {
        logger.warning("Connections to a model's servers did not close: \(error)")
      }
    }
  }
}

extension UpstreamFailure {
  /// An error of the client, which cannot be shown to callers: it may have addresses.
  init(_ error: any Error) {
    if error is CancellationError {
      self = .cancelled
      return
    }
    switch error as? HTTPClientError {
    // All calls end when the clients do.
    case .cancelled?, .alreadyShutdown?: self = .cancelled
    case .connectTimeout?: self = .unreachable("no connection within the time for one")
    case .remoteConnectionClosed?: self = .closed
    case .tlsHandshakeTimeout?: self = .unreachable("the TLS handshake took too long")
    case .proxyAuthenticationRequired?, .invalidProxyResponse?, .httpProxyHandshakeTimeout?:
      self = .unreachable("the proxy refuses the connection")
    default:
      if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
        self = .untrusted
      } else if let error = error as? NIOConnectionError, error.isAboutTLS {
        self = .untrusted
      } else if let code = (error as? NIOHTTP2Errors.StreamClosed)?.errorCode,
        [.refusedStream, .cancel].contains(code)
      {
        // NIO cancels the streams that a server's GOAWAY leaves out.
        self = code == .refusedStream ? .notBegun : .closed
      } else if error is NIOConnectionError || (error as? IOError)?.errnoCode == ECONNREFUSED {
        self = .unreachable("it cannot be connected to")
      } else if error.isEndOfConnection {
        self = .closed
      } else if error as? HTTPParserError == .invalidEOFState {
        // A server that has died in the middle.
        self = .cutOff
      } else if error is HTTPParserError {
        self = .malformed("is not HTTP")
      } else {
        self = .unreachable("the connection broke")
        self.detail = ": \(error)"
      }
    }
  }

  /// The connection was closed before the answer: it may have been an old one.
  static let closed = UpstreamFailure.unreachable("the connection was closed")

  /// The server has not begun with the request, and says so.
  static let notBegun: UpstreamFailure = {
    var failure = UpstreamFailure.unreachable("it takes no more requests")
    failure.isServersFault = false
    return failure
  }()

  fileprivate static let untrusted = UpstreamFailure.unreachable(
    "TLS failed; its certificate may not be trusted, or this machine has no authorities at all "
      + "(ca-certificates)"
  )

  /// The caller's time between two pieces of the answer is over.
  static func silent(_ time: Duration) -> UpstreamFailure {
    .unreachable("it sent nothing for \(time)")
  }
}

extension NIOConnectionError {
  /// Whether a connection was there, but no TLS on it.
  fileprivate var isAboutTLS: Bool {
    self.connectionErrors.contains { $0.error is NIOSSLError || $0.error is BoringSSLError }
  }
}

extension Error {
  /// Whether what was sent has met the end of the connection: that of the server, or here when it is known
  /// already.
  fileprivate var isEndOfConnection: Bool {
    if let error = self as? IOError { return [ECONNRESET, EPIPE].contains(error.errnoCode) }
    return self as? ChannelError == .ioOnClosedChannel
  }
}
