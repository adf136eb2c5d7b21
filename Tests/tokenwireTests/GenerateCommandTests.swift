import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite struct GenerateCommandTests {
  @Test func `it prints the text, and a line about it beside`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "4", "go"]
      )
      #expect(outcome.status == .exited(0))
      #expect(outcome.output == "The quick brown fox\n")
      #expect(
        outcome.errors.wholeMatch(
          of: /\[4 tokens, first after \d+ ms, [\d.]+ tokens\/s, ended by length\]\n/
        ) != nil
      )
    }
  }

  @Test func `several texts come one after the other, each below its number`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "2", "-n", "2", "--deterministic", "go"]
      )
      #expect(outcome.status == .exited(0))
      #expect(outcome.output == "==> 1 of 2 <==\nThe quick\n==> 2 of 2 <==\nThe quick\n")
      let notes = outcome.errors.split(separator: "\n")
      #expect(notes.dropLast() == ["[2 tokens, ended by length]", "[2 tokens, ended by length]"])
      #expect(
        notes.last?.wholeMatch(of: /\[4 tokens, first after \d+ ms, [\d.]+ tokens\/s\]/) != nil
      )
    }
  }

  @Test func `a number of texts that is not offered is refused`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["generate", "--server", address, "-n", "17", "go"])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.hasPrefix("Error: INVALID_ARGUMENT: n "))
    }
  }

  @Test func `a prompt comes from standard input, too`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--max-tokens", "1", "--echo", "--raw"],
        input: "from a pipe: 'quoted' $HOME\n"
      )
      #expect(outcome.output == "from a pipe: 'quoted' $HOMEThe\n")
    }
  }

  @Test func `an empty prompt is refused`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(["generate", "--server", address, ""])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors == "Error: INVALID_ARGUMENT: Prompt is required\n")
    }
  }

  @Test func `as JSON, each event is an object`() async throws {
    try await Command.serve { _, address in
      let outcome = try await Command.run(
        ["generate", "--server", address, "--json", "--max-tokens", "2", "--seed", "9", "go"]
      )
      let events = try outcome.output.split(separator: "\n").map {
        try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(events.compactMap { $0["seq"] as? Int } == [0, 1, 2, 3])
      #expect((events.first?["started"] as? [String: Any])?["seed"] as? Int == 9)
      #expect((events[1]["delta"] as? [String: Any])?["text"] as? String == "The")
      #expect((events.last?["finished"] as? [String: Any])?["finish_reason"] as? String == "length")
    }
  }

  @Test func `Ctrl-C ends the text and exits with 130`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let outcome = try await Command.run(Self.endless(on: address)) { client in
        try await client.waitForOutput("fox")
        try client.send(.interrupt)
      }
      #expect(outcome.status == .exited(130))
    }
  }

  @Test func `a server that is not there is named`() async throws {
    // A port that no server of these tests is given.
    let outcome = try await Command.run(["generate", "--server", "127.0.0.1:1", "go"])
    #expect(outcome.status == .exited(1))
    #expect(
      outcome.errors
        == "Error: UNAVAILABLE: Cannot connect to 127.0.0.1:1: nothing listens there\n"
    )
  }

  @Test func `a server that is killed ends the text with an error`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { server, address in
      let outcome = try await Command.run(Self.endless(on: address)) { client in
        try await client.waitForOutput("fox")
        try server.send(.kill)
      }
      #expect(outcome.status == .exited(1))
      // On a line of its own.
      #expect(outcome.errors.hasPrefix("\nError: UNAVAILABLE"))
    }
  }

  @Test func `a disk that is full ends the text with an error`() async throws {
    let (status, errors) = try await self.generate(to: .open("/dev/full", .writeOnly))
    #expect(status == .exited(1))
    #expect(errors == "Error: Cannot write to standard output: No space left on device\n")
  }

  @Test func `a reader that has gone away ends the text without a word`() async throws {
    let pipe = try FileDescriptor.pipe()
    try pipe.readEnd.close()
    let (status, errors) = try await self.generate(to: pipe.writeEnd)
    #expect(status == .exited(141))
    #expect(errors == "")
  }

  @Test func `a timeout ends the text with an error`() async throws {
    try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_PACE": "1ms"]) { _, address in
      let outcome = try await Command.run(Self.endless(on: address) + ["--timeout", "0.2"])
      #expect(outcome.status == .exited(1))
      #expect(outcome.errors.contains("DEADLINE_EXCEEDED"))
    }
  }

  /// Generates with `output`, which is closed then, as standard output.
  private func generate(
    to output: FileDescriptor
  ) async throws -> (status: TerminationStatus, errors: String) {
    var outcome: (TerminationStatus, String)?
    try await Command.serve { _, address in
      let result = try await Subprocess.run(
        .path(Command.executable),
        arguments: ["generate", "--server", address, "go"],
        output: .fileDescriptor(output, closeAfterSpawningProcess: true),
        error: .string(limit: 4096)
      )
      outcome = (result.terminationStatus, result.standardError)
    }
    let (status, errors) = try #require(outcome)
    return (status, errors)
  }

  private static func endless(on address: String) -> [String] {
    ["generate", "--server", address, "--max-tokens", "1000000", "go"]
  }
}
