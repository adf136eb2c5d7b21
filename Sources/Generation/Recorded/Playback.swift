/// One recorded text while it is said again.
struct Playback: Sendable {
  private let text: RecordedTexts.Text
  private let buffer: EventBuffer
  /// Tells that the reader has read, or has gone away.
  private let changes: AsyncStream<Void>
  private let start = ContinuousClock.now

  private static let capacity = 64

  init(_ text: RecordedTexts.Text) {
    let (changes, continuation) = AsyncStream.makeStream(
      of: Void.self,
      bufferingPolicy: .bufferingNewest(1)
    )
    self.text = text
    self.changes = changes
    self.buffer = EventBuffer(capacity: Self.capacity) { continuation.yield() }
  }

  /// The reader's end. Call it once.
  func events() -> GenerationEvents { self.buffer.events() }

  /// Ends the text before it has begun.
  func fail(_ error: GenerationError) { self.buffer.finish(throwing: error) }

  /// Says each event at its time, but waits for a reader that does not keep up.
  func run() async {
    for recorded in self.text.events {
      while self.buffer.demand == .full {
        for await _ in self.changes { break }
        if Task.isCancelled { break }
      }
      do {
        try await Task.sleep(until: self.start + recorded.time)
      } catch {
        self.buffer.finish(throwing: .shutDown)
        return
      }
      if self.buffer.push(recorded.event) == .abandoned { return }
    }
    if let error = self.text.error {
      self.buffer.finish(throwing: error)
    } else {
      self.buffer.finish()
    }
  }
}
