import Identifiers
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

@testable import Listening
@testable import RPC
@testable import TTRPC

/// A server's end of one connection without a socket: all of it runs on the thread that feeds it.
final class FuzzedServer {
  private let channel = EmbeddedChannel()
  private let didEnd = CompletionFlag()
  private var output = OutputCheck()

  init(_ dispatcher: CallDispatcher) {
    let connection = ServerConnection(
      channel: self.channel,
      calls: ConnectionCalls(
        dispatcher,
        peer: "127.0.0.1:1",
        peerAddress: "127.0.0.1",
        on: self.channel.eventLoop
      ),
      timeouts: ConnectionTimeouts()
    )
    let gate = ReadGate(limit: 4096)
    do {
      try self.channel.pipeline.syncOperations.addHandlers(
        WriteStallHandler(timeout: .seconds(1), logger: .silent),
        ReadGateHandler(gate),
        ServerConnectionHandler(connection, gate: gate)
      )
      self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    } catch {
      fatalError("the connection cannot be made: \(error)")
    }
    Task(executorPreference: EventLoopTaskExecutor(self.channel.eventLoop)) { [didEnd] in
      await connection.serve()
      didEnd.raise()
    }
    self.run()
  }

  /// Whether the connection was closed and its calls have ended.
  var isDone: Bool { self.didEnd.isRaised }

  func receive(_ bytes: ByteBuffer) {
    guard self.channel.isActive else { return }
    self.channel.pipeline.fireChannelRead(bytes)
    self.channel.pipeline.fireChannelReadComplete()
  }

  /// Runs what is to be done now, and looks at what was sent.
  func run() {
    self.channel.embeddedEventLoop.run()
    while let bytes = try? self.channel.readOutbound(as: ByteBuffer.self) {
      self.output.check(bytes)
    }
  }

  /// The peer takes no bytes from now on, or takes them again.
  func toggleWriting() {
    self.channel.isWritable.toggle()
    self.channel.pipeline.fireChannelWritabilityChanged()
  }

  func close() {
    self.run()
    self.channel.close(promise: nil)
    self.run()
    // Timers that were not cancelled hold what they would have acted on.
    try? self.channel.embeddedEventLoop.syncShutdownGracefully()
  }
}

/// Whether something is over.
private final class CompletionFlag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool { self.value.load(ordering: .relaxed) }

  func raise() {
    self.value.store(true, ordering: .relaxed)
  }
}

extension Logger {
  static let silent = Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() })
}
