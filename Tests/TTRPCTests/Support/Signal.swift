/// Something that happens in one task and is waited for in another.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (self.stream, self.continuation) = AsyncStream.makeStream()
  }

  /// Once is enough: whoever waits later need not wait.
  func fire() {
    self.continuation.yield()
  }

  /// Returns after the next `fire`, and at cancellation.
  func wait() async {
    for await _ in self.stream { return }
  }
}

/// Returns when the task that runs it is cancelled.
func untilCancelled() async {
  await Signal().wait()
}
