import Foundation
import Testing

@Suite struct ServeCommandTests {
  @Test func `it says when it is ready, and stops at SIGTERM`() async throws {
    try await Command.withServer { server, _ in
      server.signal(SIGTERM)
      let outcome = await server.outcome()
      #expect(outcome.status == 0)
      #expect(outcome.output.split(separator: "\n").count == 1)
    }
  }

  @Test func `it lets a running text end before it stops`() async throws {
    try await Command.withServer(environment: ["TOKENWIRE_SCRIPTED_PACE": "10ms"]) {
      server,
      address in
      let client = try Command("generate", "--server", address, "--max-tokens", "30", "go")
      try await client.waitForOutput("quick")
      server.signal(SIGTERM)
      let outcome = await client.outcome()
      #expect(outcome.status == 0)
      #expect(outcome.errors.contains("[30 tokens"))
      #expect(await server.outcome().status == 0)
    }
  }

  @Test func `a port that is taken stops the start in one sentence`() async throws {
    try await Command.withServer { _, address in
      let second = try Command("serve", "--generator", "scripted", "--listen", address)
      let outcome = await second.outcome()
      #expect(outcome.status == 1)
      #expect(
        outcome.errors == "Error: Cannot listen on \(address): another process listens there\n"
      )
    }
  }

  @Test func `a model that is not there stops the start in one sentence`() async throws {
    let outcome = try await Command("serve", "--model", "/nowhere.gguf").outcome()
    #expect(outcome.status == 1)
    #expect(outcome.errors == "Error: The model /nowhere.gguf does not exist\n")
  }

  @Test func `a server without a model says what to give`() async throws {
    let outcome = try await Command("serve").outcome()
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("--model"))
  }

  @Test func `a malformed environment stops the start`() async throws {
    let outcome = try await Command("serve", environment: ["TOKENWIRE_LISTEN": "here"]).outcome()
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("TOKENWIRE_LISTEN"))
  }

  @Test(arguments: [["serve", "--nonsense"], ["nonsense"], ["serve", "--parallel"]])
  func `a wrong flag is refused with the usage`(arguments: [String]) async throws {
    let outcome = try await Command(arguments[0], arguments.last ?? "").outcome()
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("Usage: tokenwire"))
  }
}
