internal import Concurrency
internal import NIOCore
internal import Protobuf
internal import RPC

/// A stream's queued frames: a bounded queue with one writer.
///
/// Frames are encoded when they are queued, so that sending them is a copy of bytes. A peer that
/// speaks the extension grants credit, as an offset from the stream's beginning (WIRE.md section 4,
/// WINDOW): without credit, only the last frame is sent.
final class OutboundStream: ResponseSink {
  let id: UInt32
  private let writer: FrameWriter
  private let state: Monitor<State>

  fileprivate struct State {
    /// Data frames, followed by the last frame, if it is queued.
    var frames = ByteBuffer()
    /// The size of the last frame within `frames`.
    var lastLength = 0
    /// The bytes of Data frames sent so far.
    var offset: UInt64 = 0
    /// A Data frame may be sent while the offset is below this.
    var maxOffset: UInt64
    /// Whether the frame writer knows that this stream has frames.
    var isAnnounced = false
    var end: End?

    var dataLength: Int { self.frames.readableBytes - self.lastLength }

    /// - Parameter share: the number of bytes at which the queue is full.
    func hasRoom(_ share: Int) -> Bool {
      self.dataLength < share && self.offset + UInt64(self.dataLength) < self.maxOffset
    }

    /// Whether frames wait only for credit.
    var isBlocked: Bool { self.dataLength > 0 && self.offset >= self.maxOffset }

    func checkOpen() throws(CallError) {
      switch self.end {
      case nil: return
      case .closed: throw .ended
      case .failed(let error): throw error
      }
    }

    /// Whether a waiting writer can continue.
    func isReady(_ share: Int) -> Bool { self.hasRoom(share) || self.end != nil }
  }

  fileprivate enum End {
    /// The last frame is queued or sent.
    case closed
    /// No frame can be sent any more. Indirect, because most streams never have an error: this
    /// keeps them small.
    indirect case failed(CallError)
  }

  /// - Parameter window: the stream's initial credit, in bytes.
  init(id: UInt32, writer: FrameWriter, window: UInt64 = .max) {
    self.id = id
    self.writer = writer
    self.state = Monitor(State(maxOffset: window))
  }

  deinit {
    self.writer.budget.remove(self.state.withLock { $0.frames.readableBytes })
  }

  func enqueue(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) -> Bool {
    let (announce, hasRoom) = try self.state.withLock { state throws(CallError) in
      try state.checkOpen()
      let length = state.frames.readableBytes
      try state.frames.writeFrame(stream: self.id, type: .data, writeData: serialize)
      self.writer.budget.add(state.frames.readableBytes - length)
      let announce = !state.isAnnounced && state.offset < state.maxOffset
      if announce { state.isAnnounced = true }
      return (announce, state.hasRoom(self.writer.share))
    }
    if announce { self.writer.announce(self) }
    return hasRoom
  }

  func respond(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) {
    var payload = ByteBuffer()
    serialize(&payload)
    let envelope = ResponseEnvelope(payload: payload)
    try self.close { frames throws(CallError) in
      try frames.writeFrame(stream: self.id, type: .response) { envelope.serialize(into: &$0) }
    }
  }

  func finish(_ error: CallError?, unsent: UnsentResponses) {
    self.close(unsent) { frames in
      if let error {
        frames.writeError(error, stream: self.id)
      } else {
        frames.writeEnd(stream: self.id)
      }
    }
  }

  /// Queues the last frame of this side of the stream. One that overtakes others replaces a queued
  /// last frame.
  ///
  /// - Returns: whether it was queued; false when the stream had already ended.
  @discardableResult
  private func close<Failure: Error>(
    _ unsent: UnsentResponses = .send,
    _ writeFrame: (inout ByteBuffer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    let announce = try self.state.update { state throws(Failure) in
      let overtakes = unsent == .drop || unsent == .sendUnlessBlocked && state.isBlocked
      guard state.end == nil || overtakes && state.lastLength > 0 else {
        return nil as Bool?
      }
      var last = ByteBuffer()
      try writeFrame(&last)
      let length = state.frames.readableBytes
      if overtakes { state.frames.clear() }
      state.frames.writeImmutableBuffer(last)
      state.lastLength = last.readableBytes
      self.writer.budget.add(state.frames.readableBytes - length)
      state.end = .closed
      defer { state.isAnnounced = true }
      return !state.isAnnounced
    }
    if announce == true { self.writer.announce(self) }
    return announce != nil
  }

  /// Drops queued frames and makes later writes fail.
  func fail(_ error: CallError) {
    self.state.update { state in
      state.end = state.end ?? .failed(error)
      self.writer.budget.remove(state.frames.readableBytes)
      state.frames = ByteBuffer()
      state.lastLength = 0
    }
  }

  /// The peer accepts Data up to this offset. Credit never decreases.
  func grant(_ maxOffset: UInt64) {
    self.update { $0.maxOffset = max($0.maxOffset, maxOffset) }
  }

  /// The peer, which accepted everything so far, begins to grant credit.
  func beginCredit(_ window: UInt64) {
    self.update { if $0.maxOffset == .max { $0.maxOffset = window } }
  }

  private func update(_ body: (inout State) -> Void) {
    let announce = self.state.update { state in
      body(&state)
      let announce = state.dataLength > 0 && !state.isAnnounced && !state.isBlocked
      if announce { state.isAnnounced = true }
      return announce
    } wakingIf: {
      $0.isReady(self.writer.share)
    }
    if announce { self.writer.announce(self) }
  }

  func waitForRoom() async throws(CallError) {
    await self.state.waitUnlessCancelled { $0.isReady(self.writer.share) }
    if Task.isCancelled { throw .cancelled }
    try self.state.withLock { state throws(CallError) in try state.checkOpen() }
  }

  /// Moves the frames that may be sent to the end of `buffer`.
  ///
  /// - Returns: whether the stream's last frame was one of them.
  func drain(into buffer: inout ByteBuffer) -> Bool {
    self.state.update { state in
      state.isAnnounced = false
      state.moveData(to: &buffer)
      let isLast = state.lastLength > 0 && state.dataLength == 0
      if isLast {
        buffer.writeBuffer(&state.frames)
        state.lastLength = 0
      }
      state.frames.reclaimReadBytes()
      return isLast
    } wakingIf: {
      $0.isReady(self.writer.share)
    }
  }
}

extension OutboundStream.State {
  /// Moves Data frames as far as there is credit. A frame that begins within the credit is sent
  /// whole, so that a message larger than the peer's window does not block.
  fileprivate mutating func moveData(to buffer: inout ByteBuffer) {
    if self.offset + UInt64(self.dataLength) <= self.maxOffset {
      self.move(self.dataLength, to: &buffer)
    }
    while self.dataLength > 0 && self.offset < self.maxOffset,
      let header = self.frames.peekFrameHeader()
    {
      self.move(FrameHeader.size + Int(header.length), to: &buffer)
    }
  }

  private mutating func move(_ length: Int, to buffer: inout ByteBuffer) {
    guard var slice = self.frames.readSlice(length: length) else { return }
    self.offset += UInt64(length)
    buffer.writeBuffer(&slice)
  }
}
