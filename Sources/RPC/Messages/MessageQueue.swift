internal import Concurrency
package import NIOCore

/// The messages of one direction of a call that have arrived and were not read yet. One writer, the
/// transport; one reader.
///
/// Where the transport asks for it, the reader's progress becomes credit for the sender: see
/// `ReceiveWindow`.
package final class MessageQueue: Sendable {
  private let gate: ReadGate?
  private let budget: MemoryBudget?
  private let state: Monitor<State>

  private struct State {
    var messages: [ByteBuffer] = []
    /// Of the messages, as the transport counts them.
    var length = 0
    var window: ReceiveWindow
    var end: End?
    var onAbandon: (@Sendable () -> Void)?
    var grant: (@Sendable (UInt64) -> Void)?

    mutating func takeMessages() -> [ByteBuffer] {
      defer {
        self.messages = []
        self.length = 0
      }
      return self.messages
    }

    /// - Returns: nil while there is nothing to read.
    mutating func take() -> Taken? {
      if self.messages.isEmpty && self.end == nil { return nil }
      let length = self.length
      self.window.consume(length)
      return Taken(
        messages: self.takeMessages(),
        length: length,
        end: self.end,
        credit: self.end == nil && self.grant != nil ? self.window.credit() : nil,
        grant: self.grant
      )
    }
  }

  /// What the reader takes at once.
  private struct Taken {
    var messages: [ByteBuffer]
    var length: Int
    var end: End?
    /// The offset to tell the sender, and how.
    var credit: UInt64?
    var grant: (@Sendable (UInt64) -> Void)?
  }

  /// Indirect, because most streams keep room for an error that never comes.
  private enum End {
    case finished
    indirect case failed(CallError)
  }

  /// - Parameters:
  ///   - window: how many bytes ahead of the reader the sender may be.
  ///   - gate: counts what is unread, together with the connection's other streams.
  ///   - budget: counts it, too, together with all that the server holds.
  package init(window: Int, gate: ReadGate? = nil, budget: MemoryBudget? = nil) {
    self.gate = gate
    self.budget = budget
    self.state = Monitor(State(window: ReceiveWindow(size: UInt64(window))))
  }

  deinit {
    self.removeUnread(self.state.withLock { $0.length })
  }

  /// Calls `action` once when the reader goes away before the end.
  package func onAbandon(_ action: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.onAbandon = action }
  }

  /// The sender waits for credit: from now on, calls `grant` with the offset up to which it may
  /// send, whenever that has grown enough.
  package func beginCredit(_ grant: @escaping @Sendable (UInt64) -> Void) {
    let credit = self.state.withLock { state in
      state.grant = grant
      return state.end == nil ? state.window.credit() : nil
    }
    if let credit { grant(credit) }
  }

  /// - Parameters:
  ///   - length: what the message counts for, in bytes: the sender counts as much.
  ///   - isLast: whether the stream ends with this message.
  /// - Returns: false when the sender has sent more than it was allowed to.
  @discardableResult
  package func append(_ message: ByteBuffer, length: Int, isLast: Bool = false) -> Bool {
    var isWithinWindow = true
    self.state.update { state in
      isWithinWindow = state.window.receive(length) || state.grant == nil
      guard state.end == nil && isWithinWindow else { return }
      state.messages.append(message)
      state.length += length
      self.gate?.add(length)
      self.budget?.add(length)
      if isLast { state.end = .finished }
    }
    return isWithinWindow
  }

  /// Ends the stream after the messages that are there. Only the first end counts.
  package func finish() {
    self.state.update { $0.end = $0.end ?? .finished }
  }

  /// Ends the stream with an error, which the reader gets after the messages that are there.
  package func fail(_ error: CallError) {
    self.state.update { $0.end = $0.end ?? .failed(error) }
  }

  private func removeUnread(_ length: Int) {
    self.gate?.remove(length)
    self.budget?.remove(length)
  }

  /// The reader goes away: drops what was not read, and what still comes.
  fileprivate func abandon() {
    let (length, action) = self.state.update { state in
      defer { state.end = state.end ?? .failed(.cancelled) }
      let length = state.length
      _ = state.takeMessages()
      return (length, state.end == nil ? state.onAbandon.take() : nil)
    }
    self.removeUnread(length)
    action?()
  }

  /// All that has arrived, in one step: empty only at the end.
  fileprivate func takeAll() async throws(CallError) -> [ByteBuffer] {
    guard let taken = await self.state.firstUnlessCancelled({ $0.take() }) else {
      self.abandon()
      throw .cancelled
    }
    if taken.length > 0 { self.removeUnread(taken.length) }
    if let credit = taken.credit { taken.grant?(credit) }
    if taken.messages.isEmpty, case .failed(let error) = taken.end { throw error }
    return taken.messages
  }
}

/// The reading end of a queue: takes batches, so that most messages cost no lock, and tells the
/// queue when it goes away.
final class MessageReader: Sendable {
  private let queue: MessageQueue

  init(_ queue: MessageQueue) {
    self.queue = queue
  }

  deinit {
    self.queue.abandon()
  }

  func makeIterator() -> Iterator {
    Iterator(reader: self)
  }

  struct Iterator {
    fileprivate let reader: MessageReader
    private var batch: ArraySlice<ByteBuffer> = []

    fileprivate init(reader: MessageReader) {
      self.reader = reader
    }

    mutating func next() async throws(CallError) -> ByteBuffer? {
      if self.batch.isEmpty { self.batch = try await self.reader.queue.takeAll()[...] }
      return self.batch.popFirst()
    }
  }
}
