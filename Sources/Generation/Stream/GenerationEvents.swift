/// The events of one generation, as a stream with one reader.
///
/// Dropping the stream and its iterator, or cancelling the task that reads it, ends the
/// generation. For a cancelled reader the stream ends early.
public struct GenerationEvents: AsyncSequence, Sendable {
  /// An event of the generation.
  public typealias Element = GenerationEvent
  /// The error that ends the stream when the generation fails.
  public typealias Failure = GenerationError

  private let reader: EventReader
  private let answerReaders: (@Sendable () -> any AnswerReader)?

  init(_ reader: EventReader, _ answerReaders: (@Sendable () -> any AnswerReader)?) {
    self.reader = reader
    self.answerReaders = answerReaders
  }

  /// Ends the generation: the stream ends early, without its last event.
  public func cancel() {
    self.reader.buffer.abandon()
  }

  /// How the generation has begun, for a reader that has ended it before the first event. Nil when
  /// nothing has begun, and of generators whose first event comes before all work.
  public var expectedStart: GenerationStarted? { self.reader.buffer.expectedStart }

  /// Joins unread and new deltas into one, or stops joining. For a reader that is blocked: the
  /// generation continues while the joined delta is below 64 KiB.
  public func joinDeltas(_ isJoining: Bool) {
    self.reader.buffer.joinDeltas(isJoining)
  }

  /// Returns an iterator; a stream has one reader, so call this once.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(reader: self.reader, answers: self.answerReaders.map { AnswerReading($0) })
  }

  /// Takes all buffered events at once, and returns them one by one.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let reader: EventReader
    private var answers: AnswerReading?
    private var batch: [GenerationEvent] = []
    private var position = 0

    fileprivate init(reader: EventReader, answers: AnswerReading?) {
      self.reader = reader
      self.answers = answers
    }

    /// Waits for events and returns all that are buffered; empty at the end.
    public mutating func nextBatch() async throws(GenerationError) -> ArraySlice<GenerationEvent> {
      if self.position == self.batch.count { try await self.refill() }
      defer { self.position = self.batch.count }
      return self.batch[self.position...]
    }

    /// Returns the next event, waiting for one; nil at the end.
    public mutating func next() async throws(GenerationError) -> GenerationEvent? {
      try await self.next(isolation: #isolation)
    }

    /// Returns the next event, waiting for one; nil at the end.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(GenerationError) -> GenerationEvent? {
      if self.position == self.batch.count {
        try await self.refill()
        if self.batch.isEmpty { return nil }
      }
      defer { self.position += 1 }
      return self.batch[self.position]
    }

    /// Takes the early end of a generation, after the last event.
    public mutating func cut() throws(GenerationError) -> CutAnswers {
      try self.answers?.cut() ?? CutAnswers()
    }

    private mutating func refill() async throws(GenerationError) {
      repeat {
        self.batch.removeAll(keepingCapacity: true)
        self.position = 0
        try await self.reader.buffer.take(into: &self.batch)
        if self.batch.isEmpty { return }
        try self.answers?.read(&self.batch)
      } while self.batch.isEmpty
    }
  }
}

/// Tells the buffer when its reader is gone.
final class EventReader: Sendable {
  let buffer: EventBuffer

  init(_ buffer: EventBuffer) {
    self.buffer = buffer
  }

  deinit {
    self.buffer.abandon()
  }
}
