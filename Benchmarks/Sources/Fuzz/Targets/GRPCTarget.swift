import Identifiers
import NIOCore

@testable import GRPCTransport
@testable import HTTPTransport
@testable import Listening
@testable import RPC

/// A server's whole connection of gRPC and grpc-web. The input is a `GRPCScript`.
///
/// Whatever the peer does: what the server sends is HTTP, its calls end with the connection, and of
/// the connection nothing is left.
struct GRPCTarget: FuzzTarget {
  private static let limits = CallLimits(
    callsPerConnection: 4,
    calls: 8,
    messageSize: 4096,
    metadataSize: 1024,
    memory: 65_536
  )

  private static let transport = HTTPTransport(
    GRPCWeb.groups(messageSize: limits.messageSize),
    limits: HTTPLimits(headerSize: 1024, contentSize: 4096, keepaliveInterval: .seconds(1)),
    streamProtocols: [GRPCTransport()]
  )

  let seeds = GRPCScript.examples

  func run(_ input: ByteBuffer) {
    let dispatcher = CallDispatcher(
      services: [FuzzService.definition],
      limits: Self.limits,
      logger: .silent
    )
    self.play(GRPCScript(input), dispatcher)
    dispatcher.load.checkNothingIsLeft()
  }

  private func play(_ script: GRPCScript, _ dispatcher: CallDispatcher) {
    let server = FuzzedServer(
      dispatcher,
      checking: HTTPOutputCheck(),
      Self.transport.addHandlers(to:)
    )
    server.follow(script)
    server.close()
    fail("a call did not end", unless: server.isDone)
  }
}
