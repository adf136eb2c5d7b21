internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import SystemPackage

/// Tells when an event loop is to look for events of its sockets, which it does only when it has no task
/// left, and calls back when it has. NIO does not tell; a pipe that can always be read does.
final class EventPoll: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private static let all = Mutex<[ObjectIdentifier: NIOLoopBound<EventPoll>]>([:])

  /// After so long the loop is to look. That costs some microseconds.
  private static let interval = TimeAmount.milliseconds(1)
  /// How many jobs run before the clock is looked at.
  private static let jobsPerLook = 32

  private let eventLoop: any EventLoop
  private var context: ChannelHandlerContext?
  private var pipe: SystemPackage.FileDescriptor?
  private var waiting: [() -> Void] = []
  private var hasEnded = false
  private var last = NIODeadline.now()
  /// How many jobs have run since the clock was looked at.
  private var ran = 0

  /// That of the event loop that this is called on. It lives as long as the loop.
  static func of(_ eventLoop: any EventLoop) -> NIOLoopBound<EventPoll> {
    let id = ObjectIdentifier(eventLoop)
    if let poll = self.all.withLock({ $0[id] }) { return poll }
    let poll = NIOLoopBound(EventPoll(eventLoop), eventLoop: eventLoop)
    guard let bootstrap = NIOPipeBootstrap(validatingGroup: eventLoop) else {
      // It has no sockets.
      poll.value.hasEnded = true
      return poll
    }
    // No other thread does so for this loop.
    self.all.withLock { $0[id] = poll }
    poll.value.begin(bootstrap, poll)
    return poll
  }

  private init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  private func begin(_ bootstrap: NIOPipeBootstrap, _ poll: NIOLoopBound<EventPoll>) {
    let input: SystemPackage.FileDescriptor
    do {
      (input, self.pipe) = try SystemPackage.FileDescriptor.pipe(options: .closeOnExec)
    } catch {
      // Without descriptors there are no connections either.
      self.hasEnded = true
      return
    }
    bootstrap
      .channelOption(.autoRead, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(poll.value)
        }
      }
      .takingOwnershipOfDescriptor(input: input.rawValue)
      .whenFailure { _ in
        // It is ours again.
        try? input.close()
        poll.value.end()
      }
  }

  /// Counts jobs that run on the loop.
  func count(_ jobs: Int) {
    self.ran += jobs
  }

  /// Whether jobs are to wait until the loop has looked.
  func isDue() -> Bool {
    if self.hasEnded { return false }
    if !self.waiting.isEmpty { return true }
    if self.ran < Self.jobsPerLook { return false }
    self.ran = 0
    return .now() - self.last >= Self.interval
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
      _ = try self.pipe?.writeAll([0])
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
    try? self.pipe?.close()
    self.pipe = nil
    self.callBack()
  }

  private func callBack() {
    self.last = .now()
    self.ran = 0
    let waiting = self.waiting
    self.waiting = []
    for body in waiting { body() }
  }
}
