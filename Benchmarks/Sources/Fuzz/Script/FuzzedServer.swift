import Identifiers
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

@testable import EventLoops
@testable import Listening
@testable import RPC

/// A server's end of one connection without a socket: all of it runs on the thread that feeds it.
final class FuzzedServer {
  private let channel = EmbeddedChannel()
  private let didEnd = CompletionFlag()
  private var output: any OutputChecking

  /// - Parameters:
  ///   - output: looks at what is sent.
  ///   - addHandlers: adds the transport's.
  init(
    _ dispatcher: CallDispatcher,
    checking output: any OutputChecking,
    _ addHandlers: (ServerConnection) throws -> Void
  ) {
    self.output = output
    let connection = ServerConnection(
      channel: self.channel,
      calls: ConnectionCalls(
        dispatcher,
        peer: "127.0.0.1:1",
        peerAddress: "127.0.0.1",
        on: self.channel.eventLoop
      ),
      timeouts: ConnectionTimeouts(),
      // The clock of the channel's event loop stands there.
      begin: .uptimeNanoseconds(0)
    )
    do {
      try self.channel.pipeline.syncOperations.addHandler(
        WriteStallHandler(timeout: .seconds(1), logger: .silent)
      )
      try addHandlers(connection)
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

  /// The peer closes its side.
  func endInput() {
    guard self.channel.isActive else { return }
    self.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
  }

  /// The server ends its calls.
  func drain(gracePeriod: Duration) {
    guard self.channel.isActive else { return }
    self.channel.pipeline.fireUserInboundEventTriggered(DrainEvent(gracePeriod: gracePeriod))
  }

  /// Time passes.
  func advance(by seconds: Int64) {
    self.channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    self.run()
  }

  func close() {
    self.run()
    self.channel.close(promise: nil)
    self.run()
    // Timers that were not cancelled hold what they would have acted on.
    try? self.channel.embeddedEventLoop.syncShutdownGracefully()
  }
}

/// Looks at what a server sends, and fails at what it must never send.
protocol OutputChecking {
  mutating func check(_ bytes: ByteBuffer)
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
