internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// A server's side of TLS: the certificate of new connections, which can be replaced while the
/// server runs.
public final class ServerTLS: Sendable {
  private let identity: TLSIdentity
  private let clientCA: String?
  private let applicationProtocols: [String]
  private let context: Mutex<NIOSSLContext>

  /// Reads the files.
  ///
  /// - Parameters:
  ///   - clientCA: the path of a PEM file with authorities: every client must then have a
  ///     certificate of one of them (mutual TLS). Nil asks for none.
  ///   - applicationProtocols: the server's protocols (ALPN), preferred ones first.
  /// - Throws: `TLSError` for a file that cannot be used, and for a key that all users can read.
  public init(
    identity: TLSIdentity,
    clientCA: String? = nil,
    applicationProtocols: [String]
  ) throws(TLSError) {
    self.identity = identity
    self.clientCA = clientCA
    self.applicationProtocols = applicationProtocols
    self.context = Mutex(try Self.makeContext(identity, clientCA, applicationProtocols))
  }

  /// Reads the files again. New connections get the new certificate; open ones keep theirs.
  ///
  /// - Throws: as `init`; everything then stays as it was.
  public func reload() throws(TLSError) {
    let context = try Self.makeContext(self.identity, self.clientCA, self.applicationProtocols)
    self.context.withLock { $0 = context }
  }

  /// Adds the first handlers to an accepted connection's pipeline. Call it on its event loop.
  ///
  /// - Parameters:
  ///   - transports: the protocols in which a client that begins without TLS is told so.
  ///   - timeLimit: how long the handshake may take.
  func addHandlers(
    to channel: any Channel,
    _ transports: [any ServerTransport],
    timeLimit: TimeAmount
  ) throws {
    let context = self.context.withLock { $0 }
    try channel.pipeline.syncOperations.addHandlers([
      PlaintextRefusal(transports, deadline: .now() + timeLimit),
      NIOSSLServerHandler(context: context),
      TLSHandshakeHandler(timeLimit: timeLimit) { error, _ in TLSFailure(error) },
    ])
  }

  private static func makeContext(
    _ identity: TLSIdentity,
    _ clientCA: String?,
    _ applicationProtocols: [String]
  ) throws(TLSError) -> NIOSSLContext {
    let (chain, key) = try identity.read()
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain,
      privateKey: key
    )
    configuration.setDefaults(applicationProtocols)
    if let clientCA {
      let authorities = try [NIOSSLCertificate](certificateFile: clientCA)
      configuration.trustRoots = .certificates(authorities)
      configuration.certificateVerification = .noHostnameVerification
      // Lets a client with several certificates choose.
      configuration.sendCANameList = true
    }
    return try identity.makeContext(configuration)
  }
}
