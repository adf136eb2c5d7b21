import ArgumentParser
import Foundation
import Identifiers
import Listening
import RPC
import TokenwireAPI
import TokenwireClient

/// Calls `LogRequest` over one connection, and prints the calls in a second and their latencies in
/// milliseconds, as JSON.
///
/// Each caller makes a call when its last one was answered. With `--rate` the calls begin at fixed
/// times instead, whether or not the server keeps up, and a latency counts from when its call should
/// have begun: so a pause of the server counts in the latency of every call that came in it.
struct Load: AsyncParsableCommand {
  @Argument(help: "The address of the server.")
  var address: String

  @Argument(help: "The token of the calls.")
  var token: String

  @Option(help: "How many calls are under way at any time.")
  var callers = 1

  @Option(help: "How many calls begin in a second; without it, each caller decides.")
  var rate: Int?

  @Option(help: "For how long.")
  var seconds = 1.0

  private struct Figures: Encodable {
    var rate: Double
    var p50: Double
    var p99: Double
  }

  func run() async throws {
    guard let endpoint = Endpoint(self.address) else { throw ValidationError("no such address") }
    let client = try await TokenwireClient.connect(to: endpoint)
    var generator = SystemRandomNumberGenerator()
    let entries = (0 ..< 1000).map { _ in LogRequestRequest.random(using: &generator) }
    let options = CallOptions(metadata: ["authorization": "Bearer \(self.token)"])
    // The connection and the code are warm.
    for entry in entries.prefix(100) {
      _ = try await client.api.logRequest(entry, options: options)
    }

    let log: @Sendable (Int) async throws -> Void = { number in
      _ = try await client.api.logRequest(entries[number % entries.count], options: options)
    }
    let begin = ContinuousClock.now
    let latencies =
      if let rate {
        try await self.arrivals(rate: rate, log).sorted()
      } else {
        try await self.closedLoop(log).sorted()
      }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    await client.close()
    let figures = Figures(
      rate: Double(latencies.count) / seconds,
      p50: latencies[latencies.count / 2] / .milliseconds(1),
      p99: latencies[latencies.count * 99 / 100] / .milliseconds(1)
    )
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
  }

  private func closedLoop(
    _ log: @escaping @Sendable (Int) async throws -> Void
  ) async throws -> [Duration] {
    let end = ContinuousClock.now + .seconds(self.seconds)
    return try await withThrowingTaskGroup(of: [Duration].self) { group in
      for caller in 0 ..< self.callers {
        group.addTask {
          var latencies: [Duration] = []
          var number = caller
          var now = ContinuousClock.now
          while now < end {
            try await log(number)
            number += 1
            let answered = ContinuousClock.now
            latencies.append(answered - now)
            now = answered
          }
          return latencies
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private func arrivals(
    rate: Int,
    _ log: @escaping @Sendable (Int) async throws -> Void
  ) async throws -> [Duration] {
    let begin = ContinuousClock.now
    return try await withThrowingTaskGroup(of: Duration.self) { group in
      for number in 0 ..< Int(self.seconds * Double(rate)) {
        let scheduled = begin + .seconds(1) * number / rate
        try await Task.sleep(until: scheduled, tolerance: .zero)
        group.addTask {
          try await log(number)
          return .now - scheduled
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}

extension LogRequestRequest {
  /// A prompt of about 100 bytes and a response of about 400, in words of which few are frequent and
  /// many are rare, as in a language.
  static func random(using generator: inout some RandomNumberGenerator) -> LogRequestRequest {
    func text(bytes: Int) -> String {
      var words: [String] = []
      var count = 0
      while count < bytes {
        let rank = Int(exp(Double.random(in: 0 ..< log(50_000), using: &generator)))
        let word = String(rank * 7919 % 50_021, radix: 26) + "es"
        words.append(word)
        count += word.utf8.count + 1
      }
      return words.joined(separator: " ")
    }
    return LogRequestRequest(
      prompt: text(bytes: 100),
      response: text(bytes: 400),
      model: "smollm2-135m",
      generationID: "gen-10471cf33ed53aca4f45588ea6951f72"
    )
  }
}
