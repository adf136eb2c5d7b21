internal import NIOCore
internal import RPC
internal import Synchronization

/// The way out of a connection, shared by its streams: fair, and with many frames in one write.
///
/// Streams announce themselves when something waits in them. Each in turn then gives what waits
/// there, for as long as the socket takes bytes; a stream that is announced again goes to the end
/// of the line. Frames that stand alone (requests, refusals) go first: no stream holds them up.
final class FrameWriter: Sendable {
  /// Counts what waits here and in the streams, and what the socket has not taken yet.
  let budget: MemoryBudget
  /// Counts the frames that stand alone: a peer that takes no answers gets to ask no more.
  private let gate: ReadGate?
  private let state = Mutex(State())
  /// How many streams wait.
  private let waitingCount = Atomic(0)

  /// The size from which on a write to the socket gains nothing by being larger.
  static let writeSize = 64 * 1024
  /// The most that a stream may hold, and the least, which is room for a few messages.
  static let shareRange = 512 ... 16 * 1024

  /// The number of bytes from which on a stream's queue is full. All that wait hold about one write:
  /// the more there is, the later comes what is queued behind it.
  var share: Int {
    let share = Self.writeSize / max(1, self.waitingCount.load(ordering: .relaxed))
    return min(max(share, Self.shareRange.lowerBound), Self.shareRange.upperBound)
  }

  private struct State {
    var singles = ByteBuffer()
    var waiting = CircularBuffer<OutboundStream>()
    /// Whether a flush is to come, because one was asked for or because the socket is full.
    var isFlushPending = false
    /// Asks the connection for a flush; nil when there is no connection.
    var requestFlush: (@Sendable () -> Void)?
  }

  init(budget: MemoryBudget = MemoryBudget(), gate: ReadGate? = nil) {
    self.budget = budget
    self.gate = gate
  }

  /// The connection is there.
  ///
  /// - Parameter requestFlush: called, on any thread, when there is something to write after there
  ///   was nothing. The connection then calls `fill` until it returns false.
  func open(requestFlush: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.requestFlush = requestFlush }
  }

  /// Something waits in `stream`. Without a connection it waits in vain, and is not kept: it holds
  /// this writer.
  func announce(_ stream: OutboundStream) {
    self.update { state in
      guard state.requestFlush != nil else { return }
      state.waiting.append(stream)
      self.waitingCount.store(state.waiting.count, ordering: .relaxed)
    }
  }

  /// Queues a frame that stands alone. Calls happen one after another, in the order in which the
  /// frames are sent.
  ///
  /// - Throws: what `writeFrame` throws; nothing is queued then.
  func writeSingle<Failure: Error>(
    _ writeFrame: (inout ByteBuffer) throws(Failure) -> Void
  ) throws(Failure) {
    try self.update { state throws(Failure) in
      guard state.requestFlush != nil else { return }
      let length = state.singles.readableBytes
      try writeFrame(&state.singles)
      self.budget.add(state.singles.readableBytes - length)
      self.gate?.add(state.singles.readableBytes - length)
    }
  }

  /// Queues a frame of the extension.
  func write(_ frame: ExtensionFrame) {
    self.writeSingle { frame.write(into: &$0) }
  }

  private func update<Failure: Error>(
    _ body: (inout State) throws(Failure) -> Void
  ) throws(Failure) {
    let requestFlush = try self.state.withLock { state throws(Failure) in
      try body(&state)
      defer { state.isFlushPending = true }
      return state.isFlushPending ? nil : state.requestFlush
    }
    requestFlush?()
  }

  /// Moves waiting frames to `buffer` until it holds `size` bytes or nothing waits.
  ///
  /// - Parameter onEnd: called with each stream whose last frame was moved.
  /// - Returns: whether anything was moved; if not, the next frame asks for a flush again.
  func fill(_ buffer: inout ByteBuffer, size: Int, onEnd: (UInt32) -> Void) -> Bool {
    while buffer.readableBytes < size {
      let (stream, singlesLength) = self.state.withLock { state in
        let singlesLength = buffer.writeBuffer(&state.singles)
        state.singles.clear()
        let stream = state.waiting.popFirst()
        self.waitingCount.store(state.waiting.count, ordering: .relaxed)
        if stream == nil && buffer.readableBytes == 0 {
          state.isFlushPending = false
        }
        return (stream, singlesLength)
      }
      self.gate?.remove(singlesLength)
      guard let stream else { break }
      if stream.drain(into: &buffer) {
        onEnd(stream.id)
      }
    }
    return buffer.readableBytes > 0
  }

  /// Nothing is sent any more.
  func close() {
    self.state.withLock { state in
      state.requestFlush = nil
      self.budget.remove(state.singles.readableBytes)
      state.singles = ByteBuffer()
      state.waiting.removeAll()
      self.waitingCount.store(0, ordering: .relaxed)
    }
  }
}
