import Listening
import Synchronization

/// Runs phases one after another, with one ledger for all of them.
final class Round: Sendable {
  let ledger = Ledger()
  private let endpoint: Endpoint
  private let process: ProcessUsage
  private let honest: [HonestClient]
  private let highest = Mutex(ProcessUsage.Sample())

  init(_ endpoint: Endpoint, _ process: ProcessUsage, _ honest: [HonestClient]) {
    self.honest = honest
    self.endpoint = endpoint
    self.process = process
  }

  /// The most that the server has used.
  var peak: ProcessUsage.Sample { self.highest.withLock { $0 } }

  /// Runs the honest clients beside the attacks of `phase`, and stops them.
  func run(_ phase: Phase, for time: Duration) async throws {
    self.ledger.begin(phase.name)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in self.honest {
        group.addTask { await client.run(against: self.endpoint, self.ledger) }
      }
      for attack in phase.attacks {
        group.addTask { await attack.run(against: self.endpoint) }
      }
      group.addTask { try await self.watch() }
      try await Task.sleep(for: time)
      group.cancelAll()
      while let result = await group.nextResult() { try result.get() }
    }
  }

  /// Looks at the server until it is cancelled.
  private func watch() async throws {
    while !Task.isCancelled {
      let sample = try self.process.sample()
      self.highest.withLock { $0.raise(to: sample) }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}
