import Foundation
import Testing

@Suite struct GenerateCommandTests {
  @Test func `it prints the text, and a line about it beside`() async throws {
    try await Command.withServer { _, address in
      let command = try Command("generate", "--server", address, "--max-tokens", "4", "go")
      let outcome = await command.outcome()
      #expect(outcome.status == 0)
      #expect(outcome.output == "The quick brown fox\n")
      #expect(
        outcome.errors.wholeMatch(
          of: /\[4 tokens, first after \d+ ms, [\d.]+ tokens\/s, ended by length\]\n/
        ) != nil
      )
    }
  }

  @Test func `a prompt comes from standard input, too`() async throws {
    try await Command.withServer { _, address in
      let command = try Command(
        "generate",
        "--server",
        address,
        "--max-tokens",
        "1",
        "--echo",
        "--raw",
        input: "from a pipe: 'quoted' $HOME\n"
      )
      #expect(await command.outcome().output == "from a pipe: 'quoted' $HOMEThe\n")
    }
  }

  @Test func `an empty prompt is refused`() async throws {
    try await Command.withServer { _, address in
      let outcome = try await Command("generate", "--server", address, "").outcome()
      #expect(outcome.status == 1)
      #expect(outcome.errors == "Error: INVALID_ARGUMENT: Prompt is required\n")
    }
  }

  @Test func `as JSON, each event is an object`() async throws {
    try await Command.withServer { _, address in
      let command = try Command(
        "generate",
        "--server",
        address,
        "--json",
        "--max-tokens",
        "2",
        "--seed",
        "9",
        "go"
      )
      let lines = await command.outcome().output.split(separator: "\n")
      let events = try lines.map {
        try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(events.compactMap { $0["seq"] as? Int } == [0, 1, 2, 3])
      #expect((events.first?["started"] as? [String: Any])?["seed"] as? Int == 9)
      #expect((events[1]["delta"] as? [String: Any])?["text"] as? String == "The")
      #expect((events.last?["finished"] as? [String: Any])?["finish_reason"] as? String == "length")
    }
  }

  @Test func `Ctrl-C ends the text and exits with 130`() async throws {
    try await Command.withServer(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let command = try Command("generate", "--server", address, "--max-tokens", "1000000", "go")
      try await command.waitForOutput("fox")
      command.signal(SIGINT)
      #expect(await command.outcome().status == 130)
    }
  }

  @Test func `a server that is not there is named`() async throws {
    let address = try await Command.withServer { _, address in address }
    let outcome = try await Command("generate", "--server", address, "go").outcome()
    #expect(outcome.status == 1)
    #expect(
      outcome.errors
        == "Error: UNAVAILABLE: Cannot connect to \(address): nothing listens there\n"
    )
  }

  @Test func `a server that is killed ends the text with an error`() async throws {
    try await Command.withServer(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) {
      server,
      address in
      let command = try Command("generate", "--server", address, "--max-tokens", "1000000", "go")
      try await command.waitForOutput("fox")
      server.signal(SIGKILL)
      let outcome = await command.outcome()
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("Error: UNAVAILABLE"))
    }
  }

  @Test func `a timeout ends the text with an error`() async throws {
    try await Command.withServer(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let command = try Command(
        "generate",
        "--server",
        address,
        "--max-tokens",
        "1000000",
        "--timeout",
        "0.2",
        "go"
      )
      let outcome = await command.outcome()
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("DEADLINE_EXCEEDED"))
    }
  }
}
