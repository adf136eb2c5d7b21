import Identifiers
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Listening
@testable import RPC
@testable import TTRPC

/// Inputs at which a server's end of a connection once failed, found by `make fuzz`. The connection
/// has no socket here.
@Suite struct ServerConnectionHandlerTests {
  private let dispatcher = CallDispatcher(
    services: [EchoService.definition],
    limits: CallLimits(),
    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  )

  @Test func `bytes behind the end of the connection are not counted for ever`() throws {
    let request = RequestEnvelope(service: EchoService.name.text, method: "Unary").serialized()
    var bytes = ByteBuffer()
    // The id comes again while it is active: the connection ends there.
    for _ in 0 ..< 2 {
      try bytes.writeFrame(stream: 1, type: .request) { $0.writeImmutableBuffer(request) }
    }
    // A frame that is not complete.
    bytes.writeBytes([0, 0, 0, 0, 0])
    try self.play(bytes)
    #expect(self.dispatcher.load.memory.used == 0)
  }

  /// The first bytes come when the time for them has just ended: nothing would end their call.
  @Test func `a connection that has ended opens no call`() throws {
    let channel = EmbeddedChannel()
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    let calls = ConnectionCalls(
      self.dispatcher,
      peer: "",
      peerAddress: "",
      on: channel.eventLoop
    )
    try channel.pipeline.syncOperations.addHandler(
      ServerConnectionHandler(
        ServerConnection(
          channel: channel,
          calls: calls,
          timeouts: ConnectionTimeouts(),
          begin: .now() - .hours(1)
        ),
        gate: ReadGate(limit: .max)
      )
    )
    let request = RequestEnvelope(service: EchoService.name.text, method: "Unary").serialized()
    var bytes = ByteBuffer()
    try bytes.writeFrame(stream: 1, type: .request) { $0.writeImmutableBuffer(request) }
    channel.pipeline.fireChannelRead(bytes)
    // A call would hold its request for as long as there is its connection's queue.
    withExtendedLifetime(calls) { #expect(self.dispatcher.load.memory.used == 0) }
    _ = try channel.finish(acceptAlreadyClosed: true)
    try channel.embeddedEventLoop.syncShutdownGracefully()
  }

  private func play(_ bytes: ByteBuffer) throws {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(
      ServerConnectionHandler(
        ServerConnection(
          channel: channel,
          calls: ConnectionCalls(
            self.dispatcher,
            peer: "",
            peerAddress: "",
            on: channel.eventLoop
          ),
          timeouts: ConnectionTimeouts()
        ),
        gate: ReadGate(limit: .max)
      )
    )
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    channel.pipeline.fireChannelRead(bytes)
    _ = try channel.finish(acceptAlreadyClosed: true)
    try channel.embeddedEventLoop.syncShutdownGracefully()
  }
}
