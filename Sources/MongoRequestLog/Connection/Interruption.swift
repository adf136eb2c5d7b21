internal import Dispatch
internal import Synchronization

/// Ends the pauses of a thread, from another thread.
final class Interruption: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  private let isSignalled = Mutex(false)

  /// Whether it was signalled.
  var isOver: Bool { self.isSignalled.withLock { $0 } }

  /// Ends all pauses, those that are still to come as well.
  func signal() {
    self.isSignalled.withLock { $0 = true }
    self.semaphore.signal()
  }

  /// Blocks the thread for a time.
  ///
  /// - Returns: whether it was signalled.
  func pause(_ pause: Duration) -> Bool {
    if self.isOver { return true }
    let nanoseconds = Int(clamping: Int128(pause.attoseconds) / 1_000_000_000)
    guard self.semaphore.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else {
      return self.isOver
    }
    // For who waits after this one.
    self.semaphore.signal()
    return true
  }
}
