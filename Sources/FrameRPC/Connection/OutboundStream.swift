internal import NIOCore
internal import Synchronization

/// The frames that one stream waits to send: a bounded queue with one writer.
///
/// Frames are encoded when they are queued, so what waits is bytes, and draining it is a copy.
final class OutboundStream: MessageSink {
  /// A queue with fewer bytes than this has room.
  static let roomThreshold = 16 * 1024

  let id: UInt32
  private let writer: FrameWriter
  private let state = Mutex(State())

  private struct State {
    var frames = ByteBuffer()
    /// Whether the frame writer knows that something waits here.
    var isAnnounced = false
    var end: End?
    var waiter: CheckedContinuation<Void, Never>?

    var hasRoom: Bool { self.frames.readableBytes < OutboundStream.roomThreshold }

    func checkOpen() throws(CallError) {
      switch self.end {
      case nil: return
      case .closed: throw .ended
      case .failed(let error): throw error
      }
    }
  }

  private enum End {
    /// The last frame is queued or sent.
    case closed
    /// No frame can be sent any more.
    case failed(CallError)
  }

  init(id: UInt32, writer: FrameWriter) {
    self.id = id
    self.writer = writer
  }

  func enqueue(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) -> Bool {
    try self.append { frames throws(CallError) in
      try frames.writeFrame(stream: self.id, type: .data, writeData: serialize)
    }
  }

  /// Queues the frame after which this side sends nothing on the stream.
  ///
  /// - Returns: whether it was queued; false when the stream had ended before.
  @discardableResult
  func close<Failure: Error>(
    _ writeFrame: (inout ByteBuffer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    let (announce, waiter) = try self.state.withLock { state throws(Failure) in
      guard state.end == nil else { return (nil as Bool?, state.waiter.take()) }
      try writeFrame(&state.frames)
      state.end = .closed
      defer { state.isAnnounced = true }
      return (!state.isAnnounced, state.waiter.take())
    }
    waiter?.resume()
    if announce == true { self.writer.announce(self) }
    return announce != nil
  }

  /// Drops what waits and fails what is written from now on.
  func fail(_ error: CallError) {
    let waiter = self.state.withLock { state in
      state.end = state.end ?? .failed(error)
      state.frames = ByteBuffer()
      return state.waiter.take()
    }
    waiter?.resume()
  }

  private func append(
    _ writeFrame: (inout ByteBuffer) throws(CallError) -> Void
  ) throws(CallError) -> Bool {
    let (announce, hasRoom) = try self.state.withLock { state throws(CallError) in
      try state.checkOpen()
      try writeFrame(&state.frames)
      defer { state.isAnnounced = true }
      return (!state.isAnnounced, state.hasRoom)
    }
    if announce { self.writer.announce(self) }
    return hasRoom
  }

  func waitForRoom() async throws(CallError) {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = self.state.withLock { state in
          if state.hasRoom || state.end != nil { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      self.state.withLock { $0.waiter.take() }?.resume()
    }
    if Task.isCancelled { throw .cancelled }
    try self.state.withLock { state throws(CallError) in try state.checkOpen() }
  }

  /// Moves what waits to the end of `buffer`.
  ///
  /// - Returns: whether the stream's last frame was among it.
  func drain(into buffer: inout ByteBuffer) -> Bool {
    let (isLast, waiter) = self.state.withLock { state in
      buffer.writeBuffer(&state.frames)
      state.frames.clear()
      state.isAnnounced = false
      if case .closed = state.end { return (true, state.waiter.take()) }
      return (false, state.waiter.take())
    }
    waiter?.resume()
    return isLast
  }
}

extension CallError {
  static let cancelled = CallError(.cancelled, "The call was cancelled")
  static let ended = CallError(.cancelled, "The call has ended: nothing more can be sent on it")
  static let connectionClosed = CallError(.unavailable, "The connection is closed")
}
