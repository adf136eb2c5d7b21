import Subprocess
import Testing

@Suite struct HealthCommandTests {
  @Test func `a server that serves`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["health", "--server", address])
      #expect(outcome.status == .exited(0))
      #expect(outcome.output == "SERVING\n")
    }
  }

  @Test(arguments: ["0.0.0.0", "[::]"])
  func `by itself it asks where the server of its environment listens`(host: String) async throws {
    try await Command.serve(on: "\(host):0", environment: ["TOKENWIRE_INSECURE": "true"]) {
      _,
      address in
      let outcome = try await Command.run(
        ["health"],
        environment: ["TOKENWIRE_LISTEN": "\(address)"]
      )
      #expect(outcome.status == .exited(0))
      #expect(outcome.output == "SERVING\n")
      // What names a server comes first.
      let other = try await Command.run(
        ["health"],
        environment: ["TOKENWIRE_LISTEN": "\(address)", "TOKENWIRE_SERVER": "127.0.0.1:1"]
      )
      #expect(other.status == .exited(2))
    }
  }

  @Test func `a server that loads its model`() async throws {
    _ = try await Command.serveLoading { _, address, _ in
      let outcome = try await Command.run(["health", "--server", address])
      #expect(outcome.status == .exited(1))
      #expect(outcome.output == "NOT_SERVING\n")
    }
  }

  @Test func `a server that is not there`() async throws {
    // A port that no server of these tests is given.
    let outcome = try await Command.run(["health", "--server", "127.0.0.1:1"])
    #expect(outcome.status == .exited(2))
    #expect(outcome.output == "")
    #expect(
      outcome.errors
        == "Error: UNAVAILABLE: Cannot connect to 127.0.0.1:1: nothing listens there\n"
    )
  }

  @Test func `what nobody was asked with is no answer, and not "not serving"`() async throws {
    let outcome = try await Command.run(["health", "--tls-ca", "/nowhere"])
    #expect(outcome.status == .exited(64))
    #expect(outcome.errors.hasPrefix("Error: The certificate file /nowhere cannot be read"))
    let wrong = try await Command.run(["health"], environment: ["TOKENWIRE_SERVER": "foo"])
    #expect(wrong.status == .exited(64))
    #expect(wrong.errors.contains("\nUsage: tokenwire health ["))
  }

  @Test func `a watch prints what changes, until the server stops`() async throws {
    try await Command.serve { server, address in
      let outcome = try await Command.run(["health", "--server", address, "--watch"]) { watch in
        try await watch.waitForOutput("SERVING\n")
        try server.send(.terminate)
      }
      #expect(outcome.status == .exited(1))
      #expect(outcome.output == "SERVING\nNOT_SERVING\n")
    }
  }

  @Test func `a watch whose server is killed`() async throws {
    try await Command.serve { server, address in
      let outcome = try await Command.run(["health", "--server", address, "--watch"]) { watch in
        try await watch.waitForOutput("SERVING\n")
        try server.send(.kill)
      }
      #expect(outcome.status == .exited(2))
      #expect(outcome.errors.contains("Error: UNAVAILABLE"))
    }
  }
}
