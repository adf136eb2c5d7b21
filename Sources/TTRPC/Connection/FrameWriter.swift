internal import NIOCore
internal import RPC
internal import Synchronization

/// Writes the frames of a connection's streams: fairly, with many frames in one write.
///
/// Streams announce themselves when they have frames to send. They take turns while the socket
/// accepts bytes; a stream that is announced again goes to the end of the line. Single frames
/// (requests, refusals) go first, so that no stream delays them.
final class FrameWriter: Sendable {
  /// Counts the bytes that wait here, in the streams and for the socket.
  let budget: MemoryBudget
  /// Counts the single frames: a peer that does not read the answers is not read from.
  private let gate: ReadGate?
  private let state = Mutex(State())
  /// How many streams wait.
  private let waitingCount = Atomic(0)

  /// Larger writes to the socket gain nothing.
  static let writeSize = 64 * 1024
  /// The least and the most bytes that a stream may hold; the least is room for a few messages.
  static let shareRange = 512 ... 16 * 1024

  /// The bytes at which a stream's queue is full. All waiting streams together hold about one
  /// write, because more would delay what is queued later.
  var share: Int {
    let share = Self.writeSize / max(1, self.waitingCount.load(ordering: .relaxed))
    return min(max(share, Self.shareRange.lowerBound), Self.shareRange.upperBound)
  }

  private struct State {
    var singles = ByteBuffer()
    var waiting = CircularBuffer<OutboundStream>()
    /// Whether a flush will come, because it was requested or the socket is full.
    var isFlushPending = false
    /// Requests a flush of the connection; nil without a connection.
    var requestFlush: (@Sendable () -> Void)?
  }

  init(budget: MemoryBudget = MemoryBudget(), gate: ReadGate? = nil) {
    self.budget = budget
    self.gate = gate
  }

  /// The connection is open.
  ///
  /// - Parameter requestFlush: called, on any thread, when there is something to write again. The
  ///   connection then calls `fill` until it returns false.
  func open(requestFlush: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.requestFlush = requestFlush }
  }

  /// `stream` has frames to send. Without a connection it is not kept, because it holds this
  /// writer.
  func announce(_ stream: OutboundStream) {
    self.update { state in
      guard state.requestFlush != nil else { return }
      state.waiting.append(stream)
      self.waitingCount.store(state.waiting.count, ordering: .relaxed)
    }
  }

  /// Queues a single frame. Frames are sent in the order of the calls.
  ///
  /// - Throws: what `writeFrame` throws; nothing is then queued.
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
  /// - Parameter onEnd: called for each stream whose last frame was moved.
  /// - Returns: whether anything was moved; if not, the next frame requests a flush.
  func fill(_ buffer: inout ByteBuffer, size: Int, onEnd: (UInt32) -> Void) -> Bool {
    while buffer.readableBytes < size {
      let (stream, singlesLength) = self.state.withLock { state in
        let singlesLength = buffer.writeBuffer(&state.singles)
        state.singles.reclaimReadBytes()
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

  /// Drops everything; nothing more is sent.
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
