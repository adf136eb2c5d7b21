internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// A server's side of TLS: the certificate that new connections get, which can be replaced while
/// the server runs.
public final class ServerTLS: Sendable {
  private let identity: TLSIdentity
  private let clientCA: String?
  private let applicationProtocols: [String]
  private let context: Mutex<NIOSSLContext>

  /// Reads the files.
  ///
  /// - Parameters:
  ///   - clientCA: the path of a PEM file with the authorities whose clients may connect: every client
  ///     must then have a certificate (mutual TLS). Nil asks clients for none.
  ///   - applicationProtocols: the names of what the server speaks (ALPN), those that it prefers first.
  /// - Throws: `TLSError` for a file that cannot be used, and for a key that everybody can read.
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

  /// Reads the files again. New connections get the new certificate; those that are open stay as
  /// they are.
  ///
  /// - Throws: as `init`; everything stays as it was then.
  public func reload() throws(TLSError) {
    let context = try Self.makeContext(self.identity, self.clientCA, self.applicationProtocols)
    self.context.withLock { $0 = context }
  }

  /// Begins the pipeline of an accepted connection. Call on its event loop.
  ///
  /// - Parameters:
  ///   - transports: tell those that begin without TLS that they should not.
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
      // Lets a client that has several certificates choose.
      configuration.sendCANameList = true
    }
    return try identity.makeContext(configuration)
  }
}
