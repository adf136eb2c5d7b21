import Listening
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import TTRPC
import TestCertificates
import Testing

/// What clients that are not ours agree on with the server.
@Suite struct TLSNegotiationTests {
  @Test(arguments: [
    (["tokenwire/1", "ttrpc/1.2"], "tokenwire/1"),
    (["ttrpc/1.2", "tokenwire/1"], "tokenwire/1"),
    (["ttrpc/1.2"], "ttrpc/1.2"),
    ([], nil),
    (["h2"], nil),
    (["h2", "ttrpc/1.2"], "ttrpc/1.2"),
  ])
  func `the server chooses a protocol`(offered: [String], chosen: String?) async throws {
    let negotiated = try await Self.shakeHands { $0.applicationProtocols = offered }
    #expect(negotiated.protocol == chosen)
  }

  @Test(arguments: [(TLSVersion.tlsv12, TLSVersion.tlsv12), (.tlsv13, .tlsv13)])
  func `TLS 1.2 is the oldest`(maximum: TLSVersion, version: TLSVersion) async throws {
    let negotiated = try await Self.shakeHands { $0.maximumTLSVersion = maximum }
    #expect(negotiated.version == version)
  }

  @Test(arguments: [TLSVersion.tlsv1, .tlsv11])
  func `what is older is refused`(maximum: TLSVersion) async throws {
    await #expect(throws: NIOSSLError.self) {
      try await Self.shakeHands {
        $0.minimumTLSVersion = .tlsv1
        $0.maximumTLSVersion = maximum
      }
    }
  }

  /// Connects to a server with TLS, once.
  private static func shakeHands(
    _ configure: @Sendable (inout TLSConfiguration) -> Void
  ) async throws -> Negotiated {
    try await Certificates.withFolder { files in
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.trustRoots = .file(files.ca)
      configure(&configuration)
      let context = try NIOSSLContext(configuration: configuration)
      return try await withServer(tls: ServerTLS(identity: files.server)) { _, endpoint in
        let negotiated = NIOSingletons.posixEventLoopGroup.any().makePromise(of: Negotiated.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
          .connectTimeout(.hours(1))
          .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandlers([
                NIOSSLClientHandler(context: context, serverHostname: "localhost"),
                NegotiationRecorder(negotiated),
              ])
            }
          }
          .connect(host: "127.0.0.1", port: endpoint.port).get()
        let result = try await negotiated.futureResult.get()
        try await channel.close()
        return result
      }
    }
  }
}

private struct Negotiated: Sendable {
  var `protocol`: String?
  var version: TLSVersion?
}

/// Completes a promise with the outcome of a handshake.
private final class NegotiationRecorder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let negotiated: EventLoopPromise<Negotiated>

  init(_ negotiated: EventLoopPromise<Negotiated>) {
    self.negotiated = negotiated
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent else { return }
    let version = try? context.pipeline.syncOperations.nioSSL_tlsVersion()
    self.negotiated.succeed(Negotiated(protocol: negotiated, version: version))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.negotiated.fail(error)
    context.close(promise: nil)
  }
}
