internal import Concurrency
package import NIOCore

/// The unread messages of one direction of a call. It has one writer, the transport, and one
/// reader.
///
/// If the transport asks for it, the reader's progress becomes credit for the sender: see
/// `ReceiveWindow`.
package final class MessageQueue: Sendable {
  private let gate: ReadGate?
  private let budget: MemoryBudget?
  private let state: Monitor<State>

  private struct State {
    var messages: [ByteBuffer] = []
    /// The size of the messages, as the transport counts it.
    var length = 0
    var window: ReceiveWindow
    var end: End?
    var onAbandon: (@Sendable () -> Void)?
    var grant: (@Sendable (UInt64) -> Void)?

    /// About what they hold in memory.
    var held: Int { self.length + self.messages.count * MessageQueue.overhead }

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
      let held = self.held
      self.window.consume(self.length)
      return Taken(
        messages: self.takeMessages(),
        held: held,
        end: self.end,
        credit: self.end == nil && self.grant != nil ? self.window.credit() : nil,
        grant: self.grant
      )
    }
  }

  /// The messages that the reader takes at once.
  private struct Taken {
    var messages: [ByteBuffer]
    var held: Int
    var end: End?
    /// The offset to send to the sender, and how.
    var credit: UInt64?
    var grant: (@Sendable (UInt64) -> Void)?
  }

  /// Indirect, because most streams never have an error: this keeps them small.
  private enum End {
    case finished
    indirect case failed(CallError)
  }

  /// What a message holds beside its bytes.
  private static let overhead = 128

  /// - Parameters:
  ///   - window: how many bytes ahead of the reader the sender may be.
  ///   - gate: counts what unread messages hold, for all of the connection's streams.
  ///   - budget: counts it, too, for the whole server. While it is spent, a call with more than a little
  ///     unread fails.
  package init(window: Int, gate: ReadGate? = nil, budget: MemoryBudget? = nil) {
    self.gate = gate
    self.budget = budget
    self.state = Monitor(State(window: ReceiveWindow(size: UInt64(window))))
  }

  deinit {
    self.removeUnread(self.state.withLock { $0.held })
  }

  /// Calls `action` once if the reader is dropped before the end.
  package func onAbandon(_ action: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.onAbandon = action }
  }

  /// The sender needs credit: from now on, calls `grant` with the offset up to which it may send,
  /// each time that has grown enough.
  package func beginCredit(_ grant: @escaping @Sendable (UInt64) -> Void) {
    let credit = self.state.withLock { state in
      state.grant = grant
      return state.end == nil ? state.window.credit() : nil
    }
    if let credit { grant(credit) }
  }

  /// - Parameters:
  ///   - length: the size of the message, in bytes, as the sender counts it.
  ///   - isLast: whether the stream ends with this message.
  /// - Returns: false when the sender has exceeded its credit.
  @discardableResult
  package func append(_ message: ByteBuffer, length: Int, isLast: Bool = false) -> Bool {
    var isWithinWindow = true
    self.state.update { state in
      isWithinWindow = state.window.receive(length) || state.grant == nil
      guard state.end == nil && isWithinWindow else { return }
      if let budget, budget.isSpent, state.held > MemoryBudget.harmlessSize {
        state.end = .failed(budget.isSpentError)
        return
      }
      let held = length + Self.overhead
      state.messages.append(message)
      state.length += length
      self.gate?.add(held)
      self.budget?.add(held)
      if isLast { state.end = .finished }
    }
    return isWithinWindow
  }

  /// Ends the stream after the unread messages. Only the first end counts.
  package func finish() {
    self.state.update { $0.end = $0.end ?? .finished }
  }

  /// Ends the stream with an error, which the reader gets after the unread messages.
  package func fail(_ error: CallError) {
    self.state.update { $0.end = $0.end ?? .failed(error) }
  }

  private func removeUnread(_ held: Int) {
    self.gate?.remove(held)
    self.budget?.remove(held)
  }

  /// The reader is gone: drops unread messages, and new ones.
  fileprivate func abandon() {
    let (held, action) = self.state.update { state in
      defer { state.end = state.end ?? .failed(.cancelled) }
      let held = state.held
      _ = state.takeMessages()
      return (held, state.end == nil ? state.onAbandon.take() : nil)
    }
    self.removeUnread(held)
    action?()
  }

  /// Waits for messages and takes all that have arrived; empty only at the end.
  fileprivate func takeAll() async throws(CallError) -> [ByteBuffer] {
    guard let taken = await self.state.firstUnlessCancelled({ $0.take() }) else {
      self.abandon()
      // The call may have ended for another reason, for which the task was cancelled.
      if case .failed(let error) = self.state.withLock({ $0.end }) { throw error }
      throw .cancelled
    }
    if taken.held > 0 { self.removeUnread(taken.held) }
    if let credit = taken.credit { taken.grant?(credit) }
    if taken.messages.isEmpty, case .failed(let error) = taken.end { throw error }
    return taken.messages
  }
}

/// The reader of a queue. It takes messages in batches, so that most need no lock, and tells the
/// queue when it is dropped.
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
