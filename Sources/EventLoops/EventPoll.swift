internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import SystemPackage

/// Calls back when an event loop has looked for events of its sockets, which it does only when it has no
/// task left. NIO does not tell when that was; a pipe that can always be read does.
final class EventPoll: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private static let all = Mutex<[ObjectIdentifier: NIOLoopBound<EventPoll>]>([:])

  private let eventLoop: any EventLoop
  private let pipe: SystemPackage.FileDescriptor
  private var context: ChannelHandlerContext?
  private var waiting: [() -> Void] = []
  private var hasEnded = false

  /// That of the event loop that this is called on; nil when the loop has no sockets, or there are no
  /// more file descriptors. It lives as long as the loop.
  static func of(_ eventLoop: any EventLoop) -> EventPoll? {
    let id = ObjectIdentifier(eventLoop)
    if let poll = self.all.withLock({ $0[id] }) { return poll.value }
    guard let bootstrap = NIOPipeBootstrap(validatingGroup: eventLoop),
      let (input, output) = try? SystemPackage.FileDescriptor.pipe(options: .closeOnExec)
    else { return nil }
    let poll = NIOLoopBound(EventPoll(eventLoop, output), eventLoop: eventLoop)
    // No other thread does so for this loop.
    self.all.withLock { $0[id] = poll }
    bootstrap
      .channelOption(.autoRead, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(poll.value)
        }
      }
      .takingOwnershipOfDescriptor(input: input.rawValue)
      .whenFailure { _ in poll.value.end() }
    return poll.value
  }

  private init(_ eventLoop: any EventLoop, _ pipe: SystemPackage.FileDescriptor) {
    self.eventLoop = eventLoop
    self.pipe = pipe
  }

  /// Calls `body`, on the event loop, when it has looked; at once when the loop shuts down.
  func wait(_ body: @escaping () -> Void) {
    guard !self.hasEnded else { return body() }
    self.waiting.append(body)
    if self.waiting.count == 1 { self.context?.read() }
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    self.fill()
    if !self.waiting.isEmpty { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    self.fill()
    self.callBack()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.end()
  }

  /// Makes the pipe readable. It is empty, so there is room.
  private func fill() {
    do {
      _ = try self.pipe.writeAll([0])
    } catch {
      self.end()
    }
  }

  private func end() {
    guard !self.hasEnded else { return }
    self.hasEnded = true
    Self.all.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(self.eventLoop)) }
    self.context?.close(promise: nil)
    self.context = nil
    // Nobody can do anything about a pipe that cannot be closed.
    try? self.pipe.close()
    self.callBack()
  }

  private func callBack() {
    let waiting = self.waiting
    self.waiting = []
    for body in waiting { body() }
  }
}
