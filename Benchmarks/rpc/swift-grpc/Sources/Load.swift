import ArgumentParser
import GRPCCore
import GRPCNIOTransportHTTP2

struct Load: AsyncParsableCommand {
  @OptionGroup var load: LoadArguments

  func run() async throws {
    let parts = self.load.address.split(separator: ":")
    guard parts.count == 2, let port = Int(parts[1]) else {
      throw ValidationError("\(self.load.address) is not HOST:PORT")
    }
    let clients = try (0 ..< self.load.connections).map { _ in
      GRPCClient(
        transport: try .http2NIOPosix(
          target: .ipv4(address: String(parts[0]), port: port),
          transportSecurity: .plaintext
        )
      )
    }
    try await withThrowingDiscardingTaskGroup { group in
      for client in clients {
        group.addTask { try await client.runConnections() }
      }
      let stubs = clients.map { Stub(api: Tokenwire_V1_Tokenwire.Client(wrapping: $0)) }
      // The first call opens the connection.
      for stub in stubs { try await stub.count() }
      try await self.load.run(stubs)
      for client in clients { client.beginGracefulShutdown() }
    }
  }
}

struct Stub: LoadClient {
  var api: Tokenwire_V1_Tokenwire.Client<HTTP2ClientTransport.Posix>
  var callerExecutor: (any TaskExecutor)? { nil }

  func count() async throws {
    _ = try await self.api.countTokens(.with { $0.prompt = "a b" })
  }

  func generate(tokens: Int, scheduled: ContinuousClock.Instant) async throws -> Tally {
    let request = Tokenwire_V1_GenerateRequest.with {
      $0.prompt = "a b"
      $0.maxTokens = Int32(tokens)
    }
    return try await self.api.generate(request) { response in
      var tally = Tally()
      for try await message in response.messages {
        guard case .delta = message.event else { continue }
        tally.receive(tokens: Int(message.completionTokens), scheduled: scheduled)
      }
      return tally
    }
  }
}
