import ArgumentParser
import FrameRPC
import TokenwireAPI
import TokenwireClient

/// The load of `Benchmarks/rpc/README.md` on a Tokenwire server, through the Swift client.
@main
struct Load: AsyncParsableCommand {
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

  func run() async throws {
    guard let endpoint = Endpoint(self.address) else {
      throw ValidationError("\(self.address) is not HOST:PORT")
    }
    var clients: [TokenwireClient] = []
    for _ in 0 ..< self.connections {
      clients.append(try await TokenwireClient.connect(to: endpoint))
    }
    let begin = ContinuousClock.now
    let total = try await withThrowingTaskGroup(of: Tally.self) { group in
      for index in 0 ..< self.callers {
        let client = clients[index % clients.count]
        var scheduled = ContinuousClock.now
        if self.mode == .arrivals {
          scheduled = begin + .microseconds(index * self.interval)
          try await Task.sleep(until: scheduled, tolerance: .zero)
        }
        group.addTask { [scheduled] in
          self.mode == .unary
            ? try await self.count(client)
            : try await self.generate(client, scheduled: scheduled)
        }
      }
      return try await group.reduce(into: Tally()) { $0.add($1) }
    }
    print(total.json(duration: .now - begin))
  }

  private func count(_ client: TokenwireClient) async throws -> Tally {
    var tally = Tally()
    for _ in 0 ..< self.count {
      let start = ContinuousClock.now
      _ = try await client.api.countTokens(CountTokensRequest(input: .prompt("a b")))
      tally.latencies.append(.now - start)
    }
    tally.tokens = self.count
    tally.messages = self.count
    return tally
  }

  private func generate(
    _ client: TokenwireClient,
    scheduled: ContinuousClock.Instant
  ) async throws -> Tally {
    var tally = Tally()
    let responses = try await client.generate("a b", maxTokens: Int32(self.count))
    for try await response in responses {
      guard case .delta = response.event else { continue }
      if tally.messages == 0 { tally.latencies.append(.now - scheduled) }
      tally.messages += 1
      tally.tokens = Int(response.completionTokens)
    }
    return tally
  }
}

/// What some callers have received.
struct Tally {
  var tokens = 0
  var messages = 0
  var latencies: [Duration] = []

  mutating func add(_ other: Tally) {
    self.tokens += other.tokens
    self.messages += other.messages
    self.latencies += other.latencies
  }

  func json(duration: Duration) -> String {
    let sorted = self.latencies.sorted()
    let (p50, p99) = (sorted.percentile(50), sorted.percentile(99))
    return """
      {"tokens": \(self.tokens), "messages": \(self.messages), "seconds": \(duration / .seconds(1)), \
      "p50_us": \(p50 / .microseconds(1)), "p99_us": \(p99 / .microseconds(1))}
      """
  }
}

extension [Duration] {
  /// Of durations in order, at least one.
  fileprivate func percentile(_ percent: Int) -> Duration { self[(self.count - 1) * percent / 100] }
}
