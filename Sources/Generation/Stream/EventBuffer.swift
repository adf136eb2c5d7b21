internal import Concurrency

/// Passes the events of one generation from the thread that produces them to the task that reads
/// them. It has one writer, which never waits, and one reader.
///
/// The buffer accepts every event; its writer must keep to the capacity. Each push returns whether
/// there is room for more, and the writer stops when it gets `full` or `abandoned`. When the reader
/// makes room, the buffer calls `onReaderChange`, and the writer checks `demand` again.
///
/// A reader that is blocked can have unread deltas joined. Then their size is limited instead of
/// their number, so that most texts can be written to the end without the reader.
public final class EventBuffer: Sendable {
  /// What the reader wants.
  public enum Demand: Sendable, Hashable {
    /// Room for this many more events.
    case room(Int)
    /// Nothing until it has read the buffered events.
    case full
    /// Nothing any more: the reader is gone.
    case abandoned
  }

  fileprivate struct State {
    var events: [GenerationEvent] = []
    /// The size of the joined deltas; nil while deltas are not joined.
    var joinedSize: Int?
    var end: End?
    var isAbandoned = false
    /// Indirect, because most generators never expect one.
    var expected: GenerationEvent?
  }

  /// Indirect, because most streams never have an error: this keeps them small.
  fileprivate enum End {
    case finished
    indirect case failed(GenerationError)
  }

  /// The size of joined deltas, in bytes, at which a reader counts as slow.
  static let maximumJoinedSize = 64 * 1024

  /// The number of unread events at which a reader counts as slow.
  public let capacity: Int
  private let onReaderChange: @Sendable () -> Void
  private let state = Monitor(State())

  /// - Parameter onReaderChange: called on the reader's thread when it empties a full buffer, and
  ///   when it is dropped before the end.
  public init(capacity: Int, onReaderChange: @escaping @Sendable () -> Void) {
    self.capacity = capacity
    self.onReaderChange = onReaderChange
  }

  /// The reader's side. Call it once: when the result is dropped, the reader is gone.
  ///
  /// - Parameter readers: makes what reads the answers from the texts, one for each text; nil passes
  ///   texts on as they are.
  public func events(
    readingAnswersBy readers: (@Sendable () -> any AnswerReader)? = nil
  ) -> GenerationEvents {
    GenerationEvents(EventReader(self), readers)
  }

  /// What the reader wants now.
  public var demand: Demand {
    self.state.withLock { self.demand(in: $0) }
  }

  /// Adds an event and returns what the reader wants next.
  @discardableResult
  public func push(_ event: GenerationEvent) -> Demand {
    self.update { $0.append(event) }
  }

  /// Adds several events under one lock; the writer must wake the reader.
  @discardableResult
  public func push(
    contentsOf events: [GenerationEvent],
    waking readers: inout WaitingReaders
  ) -> Demand {
    let (demand, sleepers) = self.state.change { state in
      self.change(&state) { state in
        if state.joinedSize != nil {
          for event in events { state.append(event) }
        } else if state.events.isEmpty {
          state.events = events
        } else {
          state.events.append(contentsOf: events)
        }
      }
    }
    readers.add(sleepers)
    return demand
  }

  /// Tells how the generation begins, before there is an event of it: for a reader that leaves until
  /// then, of what has cost something already.
  ///
  /// - Parameter started: nil when nothing has begun after all.
  public func expect(_ started: GenerationStarted?) {
    self.state.withLock { $0.expected = started.map { .started($0) } }
  }

  /// How the generation begins, if its writer has told.
  var expectedStart: GenerationStarted? {
    guard case .started(let started) = self.state.withLock({ $0.expected }) else { return nil }
    return started
  }

  /// Ends the stream after the buffered events. Only the first end counts.
  public func finish() {
    _ = self.update { $0.end = $0.end ?? .finished }
  }

  /// Ends the stream with an error, which the reader gets after the buffered events.
  public func finish(throwing error: GenerationError) {
    _ = self.update { $0.end = $0.end ?? .failed(error) }
  }

  private func update(_ body: (inout State) -> Void) -> Demand {
    self.state.update { self.change(&$0, body) }
  }

  private func change(_ state: inout State, _ body: (inout State) -> Void) -> Demand {
    if !state.isAbandoned { body(&state) }
    return self.demand(in: state)
  }

  private func demand(in state: State) -> Demand {
    if state.isAbandoned { return .abandoned }
    if let size = state.joinedSize {
      return size < Self.maximumJoinedSize ? .room(self.capacity) : .full
    }
    let room = self.capacity - state.events.count
    return room > 0 ? .room(room) : .full
  }

  /// Joins buffered and new deltas, or stops joining new ones.
  func joinDeltas(_ isJoining: Bool) {
    let mayGoOn = self.state.withLock { state in
      let wasFull = self.demand(in: state) == .full
      state.joinedSize = nil
      if isJoining {
        let events = state.events
        state.events.removeAll(keepingCapacity: true)
        state.joinedSize = 0
        for event in events { state.append(event) }
      }
      return wasFull && self.demand(in: state) != .full
    }
    if mayGoOn { self.onReaderChange() }
  }

  /// The reader is gone: drops unread events, and new ones.
  func abandon() {
    let isEarly = self.state.update { state in
      let isEarly = state.end == nil && !state.isAbandoned
      state.isAbandoned = true
      state.events = []
      return isEarly
    }
    if isEarly { self.onReaderChange() }
  }

  /// Waits for events and moves all of them into `batch`, which must be empty. It stays empty at
  /// the end and when the task is cancelled.
  func take(into batch: inout [GenerationEvent]) async throws(GenerationError) {
    if Task.isCancelled { return self.abandon() }
    let taken = await self.state.firstUnlessCancelled { self.take(from: &$0, into: &batch) }
    guard let taken else { return self.abandon() }
    if taken.wasFull, taken.end == nil { self.onReaderChange() }
    if batch.isEmpty, case .failed(let error) = taken.end { throw error }
  }

  /// What was taken besides the events.
  private struct Taken {
    var end: End?
    var wasFull: Bool
  }

  /// - Returns: nil while there is nothing to take.
  private func take(from state: inout State, into batch: inout [GenerationEvent]) -> Taken? {
    if state.events.isEmpty && state.end == nil && !state.isAbandoned { return nil }
    let wasFull = self.demand(in: state) == .full
    swap(&state.events, &batch)
    if state.joinedSize != nil { state.joinedSize = 0 }
    return Taken(end: state.isAbandoned ? .finished : state.end, wasFull: wasFull)
  }
}

extension EventBuffer.State {
  fileprivate mutating func append(_ event: GenerationEvent) {
    guard let size = self.joinedSize, case .delta(let delta) = event else {
      self.events.append(event)
      return
    }
    self.joinedSize = size + delta.size
    guard let last = self.events.lastIndex(where: { $0.deltaIndex == delta.index }) else {
      self.events.append(event)
      return
    }
    self.events.swapAt(last, self.events.count - 1)
    // Removed first, so that the text is not copied.
    guard case .delta(var joined) = self.events.removeLast() else { return }
    joined.append(delta)
    self.events.append(.delta(joined))
    self.events.swapAt(last, self.events.count - 1)
  }
}

extension GenerationEvent {
  /// The index of the text that a delta belongs to; nil for other events.
  fileprivate var deltaIndex: Int? {
    if case .delta(let delta) = self { delta.index } else { nil }
  }
}
