import Identifiers
import NIOCore
import TokenwireAPI

@testable import HTTPAPI
@testable import HTTPTransport
@testable import Listening
@testable import RPC

/// A server's whole connection of HTTP, with all routes. The input is an `HTTPScript`.
///
/// Whatever the peer does: what the server sends is HTTP and no internal error, its calls end with the
/// connection, and of the connection nothing is left.
struct HTTPTarget: FuzzTarget {
  static let groups = HTTPAPI(allowsAnonymous: true).groups()

  private static let transport = HTTPTransport(
    groups,
    limits: HTTPLimits(headerSize: 1024, contentSize: 4096, keepaliveInterval: .seconds(1)),
    crossOrigin: CrossOrigin(origins: ["https://a.example"])
  )

  let seeds = HTTPScript.examples

  func run(_ input: ByteBuffer) {
    let dispatcher = CallDispatcher(
      services: [FuzzedTokenwire().definition],
      limits: CallLimits(
        callsPerConnection: 4,
        calls: 8,
        messageSize: 4096,
        metadataSize: 1024,
        memory: 65_536
      ),
      logger: .silent
    )
    self.play(HTTPScript(input), dispatcher)
    dispatcher.load.checkNothingIsLeft()
  }

  private func play(_ script: HTTPScript, _ dispatcher: CallDispatcher) {
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
