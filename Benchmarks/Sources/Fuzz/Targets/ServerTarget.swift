import NIOCore

@testable import Listening
@testable import RPC
@testable import TTRPC

/// A server's whole connection. The input is a `ConnectionScript`.
///
/// Whatever the peer does: what the server sends are frames, its calls end with the connection, and
/// of the connection nothing is left.
struct ServerTarget: FuzzTarget {
  let seeds = ConnectionScript.examples

  func run(_ input: ByteBuffer) {
    let dispatcher = CallDispatcher(
      services: [FuzzService.definition],
      limits: CallLimits(
        callsPerConnection: 4,
        calls: 8,
        messageSize: 4096,
        metadataSize: 16,
        memory: 16_384
      ),
      logger: .silent
    )
    self.play(ConnectionScript(input), dispatcher)
    dispatcher.load.checkNothingIsLeft()
  }

  private func play(_ script: ConnectionScript, _ dispatcher: CallDispatcher) {
    let server = FuzzedServer(dispatcher, checking: OutputCheck()) { connection in
      let gate = ReadGate(limit: 4096)
      try connection.channel.pipeline.syncOperations.addHandlers(
        ReadGateHandler(gate),
        ServerConnectionHandler(connection, gate: gate)
      )
    }
    for step in script {
      switch step {
      case .send(let bytes): for piece in Pieces(bytes) { server.receive(piece) }
      case .toggleReading: server.toggleWriting()
      case .wait: server.run()
      }
    }
    server.close()
    fail("a call did not end", unless: server.isDone)
  }
}
