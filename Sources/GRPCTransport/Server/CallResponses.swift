internal import Concurrency
internal import NIOCore
internal import RPC

/// The responses of a call that wait for its stream: a bounded queue with one writer.
///
/// Messages are encoded when they are queued, so that sending them is a copy of bytes.
final class CallResponses: ResponseSink {
  private let budget: MemoryBudget
  /// Asks the stream, on any thread, to send what `take` returns.
  private let requestFlush: @Sendable () -> Void
  private let state = Monitor(State())

  /// The waiting bytes at which a handler pauses.
  private static let fullSize = 16 << 10
  private static let longestMessage = 4_194_304

  private struct State {
    var messages = ByteBuffer()
    var end: End?
    /// The stream cannot send now.
    var isBlocked = false
    var isFlushRequested = false

    var hasRoom: Bool { self.messages.readableBytes < CallResponses.fullSize }
    /// Whether a writer that waits for room goes on.
    var isReady: Bool { self.hasRoom || self.end != nil }

    /// - Returns: whether the stream has to be asked.
    mutating func needsFlush() -> Bool {
      defer { self.isFlushRequested = true }
      return !self.isFlushRequested
    }
  }

  private enum End {
    case waiting(CallError?, overtakes: Bool)
    case taken
  }

  /// - Parameter requestFlush: called, on any thread, when there is something to send again.
  init(_ budget: MemoryBudget, requestFlush: @escaping @Sendable () -> Void) {
    self.budget = budget
    self.requestFlush = requestFlush
  }

  deinit {
    self.budget.remove(self.state.withLock { $0.messages.readableBytes })
  }

  func enqueue(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) -> Bool {
    let (hasRoom, needsFlush) = try self.state.withLock { state throws(CallError) in
      guard state.end == nil else { throw .ended }
      let count = try state.messages.writeMessage(atMost: Self.longestMessage, serialize)
      self.budget.add(count)
      return (state.hasRoom, state.needsFlush())
    }
    if needsFlush { self.requestFlush() }
    return hasRoom
  }

  func waitForRoom() async throws(CallError) {
    await self.state.waitUnlessCancelled { $0.isReady }
    if Task.isCancelled { throw .cancelled }
    if self.state.withLock({ $0.end != nil }) { throw .ended }
  }

  func finish(_ error: CallError?, unsent: UnsentResponses) {
    let needsFlush = self.state.update { state in
      let overtakes =
        unsent == .drop || unsent == .sendUnlessBlocked && state.isBlocked
      switch state.end {
      case nil: break
      case .waiting where overtakes: break
      case .waiting, .taken: return false
      }
      if overtakes {
        self.budget.remove(state.messages.readableBytes)
        state.messages = ByteBuffer()
      }
      state.end = .waiting(error, overtakes: overtakes)
      // A blocked stream waits until it can send, unless it is told.
      return state.needsFlush() || overtakes
    }
    if needsFlush { self.requestFlush() }
  }

  /// What the stream sends next.
  struct Output {
    var messages: ByteBuffer
    var isLast: Bool
    /// Why the call failed, with the last output.
    var error: CallError?
  }

  /// Takes what waits; nil when there is nothing, and then `requestFlush` is called for the next.
  func take() -> Output? {
    self.state.update { state in
      state.isBlocked = false
      var output = Output(messages: state.messages, isLast: false)
      if case .waiting(let error, _) = state.end {
        (output.isLast, output.error) = (true, error)
        state.end = .taken
      }
      guard output.isLast || output.messages.readableBytes > 0 else {
        state.isFlushRequested = false
        return nil
      }
      self.budget.remove(output.messages.readableBytes)
      state.messages = ByteBuffer()
      return output
    } wakingIf: {
      $0.isReady
    }
  }

  /// The stream cannot send: nothing is taken until it can.
  ///
  /// - Returns: whether the call has ended all the same, without what waits.
  func block() -> Bool {
    self.state.withLock { state in
      state.isBlocked = true
      if case .waiting(_, overtakes: true) = state.end { return true }
      return false
    }
  }
}

extension ByteBuffer {
  /// Appends a message that is not compressed, with its prefix.
  ///
  /// - Returns: how many bytes were added.
  /// - Throws: when it has more bytes than `limit`; nothing is then appended.
  fileprivate mutating func writeMessage(
    atMost limit: Int,
    _ serialize: (inout ByteBuffer) -> Void
  ) throws(CallError) -> Int {
    let start = self.writerIndex
    self.writeMultipleIntegers(UInt8(0), UInt32(0))
    let begin = self.writerIndex
    serialize(&self)
    let size = self.writerIndex - begin
    guard size <= limit else {
      self.moveWriterIndex(to: start)
      throw .messageTooLong(limit: limit)
    }
    self.setInteger(UInt32(size), at: begin - MemoryLayout<UInt32>.size)
    return self.writerIndex - start
  }
}
