/// One recorded text while it is played back.
struct Playback: Sendable {
  private let text: RecordedTexts.Text
  private let buffer: EventBuffer
  /// Has an element when the reader has read, or is gone.
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

  /// The reader's side. Call it once.
  func events() -> GenerationEvents { self.buffer.events() }

  /// Ends the text before it has started.
  func fail(_ error: GenerationError) { self.buffer.finish(throwing: error) }

  /// Sends each event at its time, but waits for a slow reader.
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
