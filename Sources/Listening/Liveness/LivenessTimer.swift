package import NIOCore

/// Runs a connection's `Liveness` with a timer, and reports its verdicts.
///
/// It belongs to the connection's event loop.
package final class LivenessTimer {
  package var liveness: Liveness
  private let eventLoop: any EventLoop
  private let onVerdict: (Liveness.Verdict) -> Void
  private var next: Scheduled<Void>?

  /// - Parameter onVerdict: called for every verdict except `checkAgain`.
  package init(
    _ liveness: Liveness,
    eventLoop: any EventLoop,
    onVerdict: @escaping (Liveness.Verdict) -> Void
  ) {
    self.liveness = liveness
    self.eventLoop = eventLoop
    self.onVerdict = onVerdict
  }

  /// Does what is due, and schedules the next check. Call it also when something may be due earlier
  /// than before.
  package func check() {
    self.next?.cancel()
    switch self.liveness.check(at: .now()) {
    case .checkAgain(.distantFuture):
      self.next = nil
    case .checkAgain(let deadline):
      let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
      self.next = self.eventLoop.scheduleTask(deadline: deadline) { bound.value.check() }
    case let verdict:
      self.next = nil
      self.onVerdict(verdict)
    }
  }

  /// A whole frame arrived. After the first one, other timeouts apply.
  package func receivedFrame() {
    guard !self.liveness.hasFrame else { return }
    self.liveness.receivedFirstFrame(at: .now())
    self.check()
  }

  /// Stops the timer.
  package func stop() {
    self.next?.cancel()
  }
}
