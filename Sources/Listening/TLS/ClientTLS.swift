package import NIOCore
internal import NIOSSL

/// A client's side of TLS: which servers it trusts, and its own certificate.
public struct ClientTLS: Sendable {
  private let context: NIOSSLContext
  private let trust: Trust
  private let serverName: String?

  /// Which authorities a client trusts.
  enum Trust: Hashable {
    case system
    case authorities(path: String)
  }

  /// Reads the files.
  ///
  /// - Parameters:
  ///   - ca: the path of a PEM file with the authorities to trust; nil trusts the machine's.
  ///   - identity: the client's own certificate, for a server that requires one.
  ///   - serverName: the name that the server's certificate must be for, if it is not the host of
  ///     the endpoint.
  ///   - applicationProtocols: the client's protocols (ALPN).
  /// - Throws: `TLSError` for a file or a name that cannot be used.
  public init(
    ca: String? = nil,
    identity: TLSIdentity? = nil,
    serverName: String? = nil,
    applicationProtocols: [String]
  ) throws(TLSError) {
    if let serverName, serverName.isEmpty || SocketAddress(literal: serverName) != nil {
      throw TLSError("The server name \"\(serverName)\" is not the name of a host")
    }
    self.serverName = serverName
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.setDefaults(applicationProtocols)
    if let ca {
      self.trust = .authorities(path: ca)
      configuration.trustRoots = .certificates(try [NIOSSLCertificate](certificateFile: ca))
    } else {
      self.trust = .system
    }
    if let identity {
      let (chain, key) = try identity.read()
      configuration.certificateChain = chain
      configuration.privateKey = key
      self.context = try identity.makeContext(configuration)
    } else {
      self.context = try Self.makeContext(configuration)
    }
  }

  private static func makeContext(
    _ configuration: TLSConfiguration
  ) throws(TLSError) -> NIOSSLContext {
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw TLSError(
        "This machine has no file of trusted authorities: install it (ca-certificates), or give one"
      )
    }
  }

  /// Adds the first handlers to the pipeline of a connection to `endpoint`, before it connects.
  /// Call it on the connection's event loop.
  ///
  /// - Parameter timeLimit: how long the handshake may take.
  /// - Returns: the handshake, which begins when the connection is open.
  package func addHandlers(
    to channel: any Channel,
    _ endpoint: Endpoint,
    timeLimit: TimeAmount
  ) throws -> TLSHandshake {
    let name = try self.serverName ?? Self.name(of: endpoint)
    let trust = self.trust
    let handler = try self.makeHandler(expecting: name)
    let handshake = TLSHandshake(channel)
    try channel.pipeline.syncOperations.addHandlers([
      handler,
      TLSHandshakeHandler(handshake, timeLimit: timeLimit) { error, certificate in
        TLSFailure(of: name ?? endpoint.hostOrPath, error, certificate, trust)
      },
    ])
    return handshake
  }

  private func makeHandler(expecting name: String?) throws -> NIOSSLClientHandler {
    try ._makeSSLClientHandler(context: self.context, serverHostname: name) {
      certificate,
      channel in
      channel.eventLoop.makeCompletedFuture {
        // NIOSSL also accepts a certificate for the address that the name resolved to, but an
        // attacker who controls the lookup can have one for an address of their own.
        if let name, !CertificateNames(certificate).include(name) {
          throw NIOSSLExtraError.failedToValidateHostname
        }
      }
    }
  }

  /// Nil for an address, which the certificate must then be for.
  private static func name(of endpoint: Endpoint) throws(TLSError) -> String? {
    switch endpoint {
    case .tcp(let host, _): SocketAddress(literal: host) == nil ? host : nil
    case .unix: throw TLSError("a certificate is not for a socket file: give the server's name")
    }
  }
}

extension Endpoint {
  /// The host or path, without the port, which no certificate has.
  fileprivate var hostOrPath: String {
    switch self {
    case .tcp(let host, _): host
    case .unix(let path): path
    }
  }
}
