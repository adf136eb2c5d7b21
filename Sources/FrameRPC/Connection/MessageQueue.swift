internal import NIOCore
internal import Synchronization

/// The messages of one stream that have arrived and were not read yet. One writer, one reader.
final class MessageQueue: Sendable {
  private let state = Mutex(State())

  private struct State {
    var messages: [ByteBuffer] = []
    var end: End?
    var reader: CheckedContinuation<Void, Never>?
    var onAbandon: (@Sendable () -> Void)?
  }

  private enum End {
    case finished
    case failed(CallError)
  }

  /// Calls `action` once when the reader goes away before the end.
  func onAbandon(_ action: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.onAbandon = action }
  }

  func append(_ message: ByteBuffer) {
    self.update { state in
      if state.end == nil {
        state.messages.append(message)
      }
    }
  }

  /// Ends the stream after the messages that are there. Only the first end counts.
  func finish() {
    self.update { $0.end = $0.end ?? .finished }
  }

  /// Ends the stream with an error, which the reader gets after the messages that are there.
  func fail(_ error: CallError) {
    self.update { $0.end = $0.end ?? .failed(error) }
  }

  private func update(_ body: (inout State) -> Void) {
    let reader = self.state.withLock { state in
      body(&state)
      return state.reader.take()
    }
    reader?.resume()
  }

  /// The reader goes away: drops what was not read, and what still comes.
  fileprivate func abandon() {
    let (action, reader) = self.state.withLock { state in
      state.messages = []
      defer { state.end = state.end ?? .failed(.cancelled) }
      return (state.end == nil ? state.onAbandon.take() : nil, state.reader.take())
    }
    action?()
    reader?.resume()
  }

  /// All that has arrived, in one step: empty only at the end.
  fileprivate func takeAll(
    isolation: isolated (any Actor)?
  ) async throws(CallError) -> [ByteBuffer] {
    while true {
      let (messages, end) = self.state.withLock { state in
        defer { state.messages = [] }
        return (state.messages, state.end)
      }
      if !messages.isEmpty { return messages }
      switch end {
      case .finished: return []
      case .failed(let error): throw error
      case nil: await self.waitForChange(isolation: isolation)
      }
    }
  }

  private func waitForChange(isolation: isolated (any Actor)?) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation(isolation: isolation) { continuation in
        let isReady = self.state.withLock { state in
          if !state.messages.isEmpty || state.end != nil { return true }
          state.reader = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      self.abandon()
    }
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

    mutating func next(
      isolation: isolated (any Actor)?
    ) async throws(CallError) -> ByteBuffer? {
      if self.batch.isEmpty {
        self.batch = try await self.reader.queue.takeAll(isolation: isolation)[...]
      }
      return self.batch.popFirst()
    }
  }
}
