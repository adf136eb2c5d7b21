import Listening

/// Something that a hostile client does.
protocol Attack: Sendable {
  var name: String { get }

  /// One go of it, from an address of its own. The connection's end is its end, too, and no fault.
  func attack(_ target: Target) async throws
}

extension Attack {
  /// Attacks again and again until this task is cancelled, but not without end in a second.
  func run(against endpoint: Endpoint) async {
    while !Task.isCancelled {
      try? await self.attack(Target(endpoint: endpoint))
      try? await Task.sleep(for: .milliseconds(20))
    }
  }
}

enum Attacks {
  /// What a server with a scripted text is for: it has no model that costly calls could hold up.
  static let all: [any Attack] = [
    SlowLoris(), LeftConnections(), RapidReset(), OddWindows(), PingFlood(), OddStreamIDs(),
    OversizedFrames(), Rubbish(), Partings(), DeafReaders(), UnfinishedFrames(),
    SentBytes.overHTTP1, SentBytes.overHTTP2,
    CostlyCalls(name: "costly calls", calls: CostlyCalls.all.flatMap(\.calls)),
  ]

  /// What can keep honest callers of a model waiting.
  static let ofModel: [any Attack] = CostlyCalls.all
}
