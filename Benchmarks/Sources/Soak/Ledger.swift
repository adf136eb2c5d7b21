import FrameRPC
import Synchronization

/// What the honest clients have seen.
final class Ledger: Sendable {
  struct Entries {
    var calls = 0
    var streams = 0
    var cancels = 0
    var errors: [CallError.Code: Int] = [:]
    /// What must not be, in words; the first ones only.
    var faults: [String] = []
    var faultCount = 0
    var phases: [(name: String, first: FirstMessage)] = []
    /// The index of the phase that goes on now.
    var current = 0
  }

  /// How long callers waited for the first message of a call.
  struct FirstMessage {
    var count = 0
    var total = Duration.zero
    var worst = Duration.zero

    var mean: Duration { self.count == 0 ? .zero : self.total / self.count }
  }

  private static let keptFaults = 20

  private let state = Mutex(Entries())

  var entries: Entries { self.state.withLock { $0 } }

  /// A phase begins, or goes on in another round.
  func begin(_ phase: String) {
    self.state.withLock { entries in
      if let index = entries.phases.firstIndex(where: { $0.name == phase }) {
        entries.current = index
      } else {
        entries.current = entries.phases.count
        entries.phases.append((phase, FirstMessage()))
      }
    }
  }

  func countCall() { self.state.withLock { $0.calls += 1 } }

  func countStream() { self.state.withLock { $0.streams += 1 } }

  func countCancel() { self.state.withLock { $0.cancels += 1 } }

  func count(_ error: CallError) {
    self.state.withLock { $0.errors[error.code, default: 0] += 1 }
  }

  /// The first message of a call came, that long after the call was made.
  func countFirstMessage(after time: Duration) {
    self.state.withLock { entries in
      let worst = max(entries.phases[entries.current].first.worst, time)
      entries.phases[entries.current].first.count += 1
      entries.phases[entries.current].first.total += time
      entries.phases[entries.current].first.worst = worst
    }
  }

  /// Something is wrong.
  func blame(_ fault: String) {
    self.state.withLock { entries in
      entries.faultCount += 1
      guard entries.faults.count < Self.keptFaults else { return }
      entries.faults.append("\(entries.phases[entries.current].name): \(fault)")
    }
  }
}
