import Foundation
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
    var phases: [(name: String, first: Waits, next: Waits)] = []
    /// The index of the phase that goes on now.
    var current = 0
  }

  /// How long callers waited for something.
  struct Waits {
    var count = 0
    var total = Duration.zero
    var worst = Duration.zero
    /// How many took how long: each entry's times are a tenth longer than those of the one before.
    private var counts: [Int: Int] = [:]

    mutating func add(_ time: Duration) {
      self.count += 1
      self.total += time
      self.worst = max(self.worst, time)
      self.counts[Int(log(max(time / .microseconds(1), 1)) / log(1.1)), default: 0] += 1
    }

    /// What 99 of 100 took at most, to a tenth.
    var p99: Duration {
      var rest = self.count / 100
      for (entry, count) in self.counts.sorted(by: { $0.key > $1.key }) {
        if rest < count { return .microseconds(Int(pow(1.1, Double(entry + 1)))) }
        rest -= count
      }
      return .zero
    }

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
        entries.phases.append((phase, Waits(), Waits()))
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
      entries.phases[entries.current].first.add(time)
    }
  }

  /// Another part of a text came, that long after the one before.
  func countNext(after time: Duration) {
    self.state.withLock { $0.phases[$0.current].next.add(time) }
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
