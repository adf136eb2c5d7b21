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

  func begin(_ phase: String) {
    self.state.withLock { $0.phases.append((phase, FirstMessage())) }
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
      let last = entries.phases.count - 1
      entries.phases[last].first.count += 1
      entries.phases[last].first.total += time
      entries.phases[last].first.worst = max(entries.phases[last].first.worst, time)
    }
  }

  /// Something is wrong.
  func blame(_ fault: String) {
    self.state.withLock { entries in
      entries.faultCount += 1
      guard entries.faults.count < Self.keptFaults else { return }
      entries.faults.append("\(entries.phases.last?.name ?? ""): \(fault)")
    }
  }
}
