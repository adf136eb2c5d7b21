import ArgumentParser
import Listening
import RPC
import TokenwireAPI
import TokenwireClient

/// The load of `Benchmarks/rpc/README.md` on a Tokenwire server, through the Swift client.
@main
struct Load: AsyncParsableCommand {
  @OptionGroup var load: LoadArguments

  func run() async throws {
    guard let endpoint = Endpoint(self.load.address) else {
      throw ValidationError("\(self.load.address) is not HOST:PORT")
    }
    var clients: [TokenwireClient] = []
    for _ in 0 ..< self.load.connections {
      clients.append(try await TokenwireClient.connect(to: endpoint))
    }
    try await self.load.run(clients)
  }
}

extension TokenwireClient: LoadClient {
  var callerExecutor: (any TaskExecutor)? { self.taskExecutor }

  func count() async throws {
    _ = try await self.api.countTokens(CountTokensRequest(input: .prompt("a b")))
  }

  func generate(tokens: Int, scheduled: ContinuousClock.Instant) async throws -> Tally {
    var tally = Tally()
    for try await response in try await self.generate("a b", maxTokens: Int32(tokens)) {
      guard case .delta = response.event else { continue }
      tally.receive(tokens: Int(response.completionTokens), scheduled: scheduled)
    }
    return tally
  }
}
