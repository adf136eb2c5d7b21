import ArgumentParser

/// A client of a server under load, on one connection.
protocol LoadClient: Sendable {
  /// Where its callers are to run; nil leaves that to Swift.
  var callerExecutor: (any TaskExecutor)? { get }

  /// Calls `CountTokens`.
  func count() async throws

  /// Reads a text of that many tokens, and tallies the messages that have some.
  func generate(tokens: Int, scheduled: ContinuousClock.Instant) async throws -> Tally
}

/// The load of `Benchmarks/rpc/README.md`: what it is given, what it does, what it prints.
struct LoadArguments: ParsableArguments {
  enum Mode: String, ExpressibleByArgument {
    case unary, stream, arrivals
  }

  @Argument var address: String
  @Argument var mode: Mode
  @Argument(help: "How many streams, or makers of unary calls.")
  var callers: Int
  @Argument(help: "How many tokens a stream has, or calls each caller makes.")
  var count: Int
  @Argument var connections: Int
  @Argument(help: "From one arrival to the next, in microseconds.")
  var interval = 0

  /// Puts the load on the server of the clients, one for each connection.
  func run(_ clients: [some LoadClient]) async throws {
    let begin = ContinuousClock.now
    // Callers without pause, many on one connection, keep more than one thread busy.
    let isOnLoop = self.mode != .unary || self.callers <= clients.count
    let total = try await withThrowingTaskGroup(of: Tally.self) { group in
      for index in 0 ..< self.callers {
        let client = clients[index % clients.count]
        var scheduled = ContinuousClock.now
        if self.mode == .arrivals {
          scheduled = begin + .microseconds(index * self.interval)
          try await Task.sleep(until: scheduled, tolerance: .zero)
        }
        group.addTask(executorPreference: isOnLoop ? client.callerExecutor : nil) { [scheduled] in
          self.mode == .unary
            ? try await self.count(client)
            : try await client.generate(tokens: self.count, scheduled: scheduled)
        }
      }
      return try await group.reduce(into: Tally()) { $0.add($1) }
    }
    print(total.json(duration: .now - begin))
  }

  private func count(_ client: some LoadClient) async throws -> Tally {
    var tally = Tally()
    for _ in 0 ..< self.count {
      let start = ContinuousClock.now
      try await client.count()
      tally.latencies.append(.now - start)
    }
    tally.tokens = self.count
    tally.messages = self.count
    return tally
  }
}
