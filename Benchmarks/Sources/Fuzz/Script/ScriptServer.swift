import Listening
import NIOCore
import NIOPosix
import Synchronization

/// A server on a loopback port that answers the first bytes of each connection with a script, and
/// closes the connection at its end.
final class ScriptServer: Sendable {
  let endpoint: Endpoint
  private let input: InputHolder

  init() {
    let input = InputHolder()
    self.input = input
    do {
      let listener = try ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ScriptPlayer(input.value))
          }
        }
        .bind(host: "127.0.0.1", port: 0)
        .wait()
      self.endpoint = Endpoint(host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
    } catch {
      fatalError("the server cannot listen: \(error)")
    }
  }

  /// Connections from now on get the script of this input.
  func play(_ input: ByteBuffer) {
    self.input.value = input
  }
}

/// The input that is played now.
private final class InputHolder: Sendable {
  private let input = Mutex(ByteBuffer())

  var value: ByteBuffer {
    get { self.input.withLock { $0 } }
    set { self.input.withLock { $0 = newValue } }
  }
}

/// Plays a script once, when the client has said something.
private final class ScriptPlayer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var input: ByteBuffer?

  init(_ input: ByteBuffer) {
    self.input = input
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let input = self.input.take() else { return }
    for step in ConnectionScript(input) {
      switch step {
      case .send(let bytes): context.write(self.wrapOutboundOut(bytes), promise: nil)
      case .wait, .toggleReading: context.flush()
      }
    }
    context.flush()
    context.close(mode: .output, promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
