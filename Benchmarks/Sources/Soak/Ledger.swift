import Foundation
import RPC
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
    var phases: [(name: String, waits: [Wait: Waits])] = []
    /// The index of the phase that goes on now.
    var current = 0
  }

  /// What callers wait for.
  enum Wait: String, CaseIterable {
    case answer = "time to an answer"
    case firstMessage = "time to the first message"
    case nextToken = "time to the next token"
  }

  /// How long callers waited for something.
  struct Waits {
    var count = 0
    var worst = Duration.zero
    /// How many took how long: each entry's times are a tenth longer than those of the one before.
    private var counts: [Int: Int] = [:]

    mutating func add(_ time: Duration) {
      self.count += 1
      self.worst = max(self.worst, time)
      self.counts[Int(log(max(time / .microseconds(1), 1)) / log(1.1)), default: 0] += 1
    }

    var median: Duration { self.longest(butFor: self.count / 2) }

    /// What 99 of 100 took at most.
    var p99: Duration { self.longest(butFor: self.count / 100) }

    /// What those took at most who are not among so many that took longest, to a tenth.
    private func longest(butFor excluded: Int) -> Duration {
      var rest = excluded
      for (entry, count) in self.counts.sorted(by: { $0.key > $1.key }) {
        if rest < count { return .microseconds(Int(pow(1.1, Double(entry + 1)))) }
        rest -= count
      }
      return .zero
    }
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
        entries.phases.append((phase, [:]))
      }
    }
  }

  func countCall() { self.state.withLock { $0.calls += 1 } }

  func countStream() { self.state.withLock { $0.streams += 1 } }

  func countCancel() { self.state.withLock { $0.cancels += 1 } }

  func count(_ error: CallError) {
    self.state.withLock { $0.errors[error.code, default: 0] += 1 }
  }

  /// Something came that long after the call was made, or after what came before it.
  func count(_ wait: Wait, _ time: Duration) {
    self.state.withLock { entries in
      entries.phases[entries.current].waits[wait, default: Waits()].add(time)
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
