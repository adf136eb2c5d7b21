internal import NIOCore
internal import Synchronization

/// Closes while too much that a connection has received was not dealt with, because calls do not
/// read it or the peer does not take the answers: the connection takes no more from its socket then.
final class ReadGate: Sendable {
  private let limit: Int
  private let state = Mutex(State())

  private struct State {
    var waiting = 0
    var isClosed = false
    var onReopen: (@Sendable () -> Void)?
  }

  /// - Parameter limit: bytes at which the gate closes; it reopens at half of them.
  init(limit: Int) {
    self.limit = limit
  }

  var isClosed: Bool { self.state.withLock { $0.isClosed } }

  /// Calls `action`, on any thread, each time the gate reopens.
  func onReopen(_ action: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.onReopen = action }
  }

  func add(_ bytes: Int) {
    self.state.withLock { state in
      state.waiting += bytes
      if state.waiting >= self.limit { state.isClosed = true }
    }
  }

  func remove(_ bytes: Int) {
    guard bytes > 0 else { return }
    let reopen = self.state.withLock { state in
      state.waiting -= bytes
      guard state.isClosed && state.waiting <= self.limit / 2 else { return nil as (() -> Void)? }
      state.isClosed = false
      return state.onReopen
    }
    reopen?()
  }
}

/// Holds a channel's reads while its gate is closed.
final class ReadGateHandler: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  private let gate: ReadGate
  private var isReadHeld = false

  init(_ gate: ReadGate) {
    self.gate = gate
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
    let eventLoop = context.eventLoop
    self.gate.onReopen {
      eventLoop.execute {
        if bound.value.handler.isReadHeld { bound.value.handler.read(context: bound.value.context) }
      }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    // It holds the context, and through that itself.
    self.gate.onReopen {}
    self.isReadHeld = false
  }

  func read(context: ChannelHandlerContext) {
    self.isReadHeld = self.gate.isClosed
    if !self.isReadHeld { context.read() }
  }
}
