import Synchronization
import SystemPackage

/// Shows progress in a line on standard error, if that is a terminal.
final class ProgressLine: Sendable {
  private static let interval = Duration.milliseconds(100)

  private let isShown = Terminal.isTerminal(.standardError)
  /// When the line may change again: writing every step would take longer than the steps.
  private let next = Mutex(ContinuousClock.now)

  func show(_ text: @autoclosure () -> String) {
    guard self.isShown else { return }
    let isDue = self.next.withLock { next in
      let now = ContinuousClock.now
      guard now >= next else { return false }
      next = now + Self.interval
      return true
    }
    if isDue {
      StandardOutput.writeNote(
        [.sequence(.lineStart), .text(text()), .sequence(.clearToLineEnd)]
      )
    }
  }

  /// Clears the line.
  func clear() {
    if self.isShown {
      StandardOutput.writeNote([.sequence(.lineStart), .sequence(.clearToLineEnd)])
    }
  }
}
