import NIOCore

@testable import FrameRPC

/// A server's whole connection. The input is a `ConnectionScript`.
///
/// Whatever the peer does: what the server sends are frames, its calls end with the connection, and
/// of the connection nothing is left.
struct ServerTarget: FuzzTarget {
  let seeds = ConnectionScript.examples

  func run(_ input: ByteBuffer) {
    let load = ServerLoad(
      ServerLimits(
        streamsPerConnection: 4,
        calls: 8,
        messageSize: 4096,
        metadataSize: 16,
        memory: 16_384
      )
    )
    self.play(ConnectionScript(input), load)
    fail("\(load.memory.used) bytes are still held", unless: load.memory.used == 0)
    let places = (0 ..< load.calls.limit).compactMap { _ in load.calls.take() }
    fail("\(places.count) places are left", unless: places.count == load.calls.limit)
  }

  private func play(_ script: ConnectionScript, _ load: ServerLoad) {
    let server = FuzzedServer(load)
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
